-- D51: the PLIE that take part in the consolidation of a year, with the place of their seat: the list that the report prints.
with structures as (select * from {{ ref('int_network__structure_years') }}),

plie as (select * from {{ ref('dim_plie') }}),

departments as (select * from {{ ref('departments') }}),

regions as (select * from {{ ref('regions') }}),

final as (
    select
        structures.reporting_year,
        structures.structure_code as plie_code,
        plie.name,
        structures.town,
        structures.department_code,
        departments.department_name,
        structures.region_code,
        regions.region_name
    from structures
    left join plie on structures.structure_code = plie.plie_code
    left join departments on structures.department_code = departments.department_code
    left join regions on structures.region_code = regions.region_code
    where
        structures.structure_kind = 'plie'
        and structures.is_participating
        and structures.exists_in_year
)

select * from final
