with plie as (select * from {{ ref('dim_plie') }}),

departments as (select * from {{ ref('departments') }}),

regions as (select * from {{ ref('regions') }}),

territory_kinds as (select * from {{ ref('territory_kinds') }}),

final as (
    {{ territory_names('plie', 'plie_code', 'plie', 'departments', 'regions', 'territory_kinds') }}
)

select * from final
