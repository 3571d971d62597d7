-- D42: delivered hours are counted hours and excluded hours by reason, of each structure and year.
with hours as (select * from {{ ref('int_clause__hours') }}),

final as (
    select
        reporting_year,
        coalesce(structure_code, {{ unknown_code() }}) as supplier_code,
        coalesce(reason_code, {{ counted_outcome() }}) as outcome_code,
        cast(count(*) as bigint) as row_count,
        {{ hours_sum('hours') }} as hours
    from hours
    group by reporting_year, structure_code, reason_code
)

select * from final
