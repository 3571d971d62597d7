-- D50: the structures that a register names or that deliver.
with register as (select * from {{ ref('int_clause__structures') }}),

final as (
    select
        structure_code,
        name,
        structure_kind,
        department_code,
        department_name,
        region_code,
        region_name,
        opened_on,
        closed_on,
        is_registered
    from register
)

select * from final
