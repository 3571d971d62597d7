-- D1A, D1B, D22, D83: each delivered row of a PLIE, kept or excluded for one reason. No delivered row is missing.
with acceptance as (select * from {{ ref('int_plie__row_acceptance') }}),

parcours as (select * from {{ ref('int_plie__parcours') }}),

exits as (select * from {{ ref('int_plie__exits') }}),

steps as (select * from {{ ref('int_plie__steps') }}),

followups as (select * from {{ ref('int_plie__followups') }}),

-- The few rows that a rule excludes: of all others nothing is looked up.
excluded_rows as (
    select
        'participants' as source_table,
        source_file,
        source_row,
        reason_code
    from parcours
    where reason_code is not null
    union all
    select
        'exits' as source_table,
        source_file,
        source_row,
        reason_code
    from exits
    where reason_code is not null
    union all
    select
        'steps' as source_table,
        source_file,
        source_row,
        reason_code
    from steps
    where reason_code is not null
    union all
    select
        'followups' as source_table,
        source_file,
        source_row,
        reason_code
    from followups
    where reason_code is not null
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
        coalesce(acceptance.reason_code, excluded_rows.reason_code) as reason_code
    from acceptance
    left join excluded_rows using (source_table, source_file, source_row)
)

select * from final
