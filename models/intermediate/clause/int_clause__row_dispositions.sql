{{ config(materialized='view') }}
-- D1B, D41, D43, D45: each delivered row of a clause structure, kept or excluded for one reason. After the row acceptance, rules
-- exclude hours, and companies of a lot that is not there: a lot, a contract or a beneficiary has no figure of its own. No
-- delivered row is missing (D42).
with acceptance as (select * from {{ ref('int_clause__row_acceptance') }}),

-- The few that do not count: of all others nothing is looked up.
excluded_hours as (
    select
        'hours' as source_table,
        source_file,
        source_row,
        reason_code
    from {{ ref('int_clause__hours') }}
    where reason_code is not null
),

procurements as (select * from {{ ref('stg_clause__procurements') }}),

companies as (select * from {{ ref('stg_clause__procurement_companies') }}),

lots as (
    {{ accepted_rows('procurements', ref('int_clause__row_acceptance')) }}
),

companies_of_no_lot as (
    select
        companies.source_table,
        companies.source_file,
        companies.source_row
    from companies
    left join lots using (reporting_year, structure_code, buyer_id, procurement_id, lot_no)
    where lots.lot_no is null
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
        coalesce(
            acceptance.reason_code,
            excluded_hours.reason_code,
            case when companies_of_no_lot.source_row is not null then {{ reason('orphelin') }} end
        ) as reason_code
    from acceptance
    left join excluded_hours using (source_table, source_file, source_row)
    left join companies_of_no_lot using (source_table, source_file, source_row)
)

select * from final
