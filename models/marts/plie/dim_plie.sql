-- D50: the PLIE that a register names or that deliver.
with register as (select * from {{ ref('int_plie__register') }}),

final as (
    select
        plie_code,
        name,
        town,
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
