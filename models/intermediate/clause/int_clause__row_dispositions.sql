{{ config(materialized='view') }}
-- D1B, D41, D43: each delivered row of a clause structure, kept or excluded for one reason. After the row acceptance, rules
-- exclude hours only: a lot, a contract or a beneficiary has no figure of its own. No delivered row is missing (D42).
with acceptance as (select * from {{ ref('int_clause__row_acceptance') }}),

hours as (select * from {{ ref('int_clause__hours') }}),

final as (
    select
        acceptance.source_table,
        acceptance.source_file,
        acceptance.source_row,
        acceptance.reporting_year,
        coalesce(acceptance.supplier_code, {{ unknown_code() }}) as supplier_code,
        acceptance.record_key,
        acceptance.is_contradictory,
        case acceptance.source_table when 'hours' then hours.reason_code else acceptance.reason_code end as reason_code
    from acceptance
    left join hours using (source_file, source_row)
)

select * from final
