-- The fate of each delivered row: kept, or excluded for one reason. Nothing that was delivered is missing from here.
with door as (select * from {{ ref('int_plie__door') }}),

parcours as (select * from {{ ref('int_plie__parcours') }}),

exits as (select * from {{ ref('int_plie__exits') }}),

steps as (select * from {{ ref('int_plie__steps') }}),

rule_verdicts as (
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
        door.source_table,
        door.source_file,
        door.source_row,
        door.reporting_year,
        coalesce(door.supplier_code, {{ unknown_code() }}) as supplier_code,
        door.record_key,
        door.is_contradictory,
        coalesce(door.reason_code, rule_verdicts.reason_code) as reason_code
    from door
    left join rule_verdicts
        on
            door.source_table = rule_verdicts.source_table
            and door.source_file = rule_verdicts.source_file
            and door.source_row = rule_verdicts.source_row
)

select * from final
