{{ config(materialized='view') }}
-- The fate of each delivered row of a clause structure: kept, or excluded for one reason. Rules beyond the door judge hours
-- only; a lot, a contract or a beneficiary has no figure of its own.
with door as (select * from {{ ref('int_clause__door') }}),

hours as (select * from {{ ref('int_clause__hours') }}),

final as (
    select
        door.source_table,
        door.source_file,
        door.source_row,
        door.reporting_year,
        coalesce(door.supplier_code, {{ unknown_code() }}) as supplier_code,
        door.record_key,
        door.is_contradictory,
        door.reason_code
    from door
    where door.source_table <> 'hours'
    union all
    select
        door.source_table,
        door.source_file,
        door.source_row,
        door.reporting_year,
        coalesce(door.supplier_code, {{ unknown_code() }}) as supplier_code,
        door.record_key,
        door.is_contradictory,
        hours.reason_code
    from door
    inner join hours
        on
            door.source_file = hours.source_file
            and door.source_row = hours.source_row
    where door.source_table = 'hours'
)

select * from final
