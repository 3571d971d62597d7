with plie as (select * from {{ ref('dim_plie') }}),

structures as (select * from {{ ref('dim_clause_structure') }}),

departments as (select * from {{ ref('departments') }}),

regions as (select * from {{ ref('regions') }}),

territory_kinds as (select * from {{ ref('territory_kinds') }}),

final as (
    {{ territory_names(
        {'plie': ('plie', 'plie_code'), 'structure': ('structures', 'structure_code')},
        'departments', 'regions', 'territory_kinds'
    ) }}
)

select * from final
