-- D1A, D1B, D22: each delivered row of a PLIE, kept or excluded for one reason. No delivered row is missing.
with acceptance as (select * from {{ ref('int_plie__row_acceptance') }}),

parcours as (select * from {{ ref('int_plie__parcours') }}),

exits as (select * from {{ ref('int_plie__exits') }}),

steps as (select * from {{ ref('int_plie__steps') }}),

rule_dispositions as (
    select
        'participants' as source_table,
        source_file,
        source_row,
        reason_code
    from parcours
    union all
    select
        'exits' as source_table,
        source_file,
        source_row,
        reason_code
    from exits
    union all
    select
        'steps' as source_table,
        source_file,
        source_row,
        reason_code
    from steps
),

final as (
    select
        acceptance.source_table,
        acceptance.source_file,
        acceptance.source_row,
        acceptance.reporting_year,
        coalesce(acceptance.supplier_code, {{ unknown_code() }}) as supplier_code,
        acceptance.record_key,
        acceptance.is_contradictory,
        coalesce(acceptance.reason_code, rule_dispositions.reason_code) as reason_code
    from acceptance
    left join rule_dispositions
        on
            acceptance.source_table = rule_dispositions.source_table
            and acceptance.source_file = rule_dispositions.source_file
            and acceptance.source_row = rule_dispositions.source_row
)

select * from final
