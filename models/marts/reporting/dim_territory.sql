with plie as (select * from {{ ref('dim_plie') }}),

bodies as (select * from {{ ref('dim_oi') }}),

structures as (select * from {{ ref('dim_clause_structure') }}),

departments as (select * from {{ ref('departments') }}),

regions as (select * from {{ ref('regions') }}),

territory_kinds as (select * from {{ ref('territory_kinds') }}),

final as (
    {{ territory_names(
        {'plie': ('plie', 'plie_code'), 'structure': ('structures', 'structure_code')},
        'departments', 'regions', 'territory_kinds'
    ) }}
    union all
    -- D5A: private, and named by its code where no register gives its name.
    select
        'oi' as territory_kind,
        oi_code as territory_code,
        coalesce(name, oi_code) as territory_name
    from bodies
)

select * from final
