-- D54: shares of the pooled amounts, by operator, group of operators and type of operation.
with allocations as (select * from {{ ref('int_survey__allocations') }}),

code_lists as (select * from {{ ref('code_lists') }}),

code_groups as (select * from {{ ref('code_groups') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

mix as (
    {{ survey_mix('allocations', 'territories', {
        'operator_type': listed_codes('code_lists', 'operator_type'),
        'operator_group': listed_groups('code_groups', 'operator_type'),
        'operation_type': listed_codes('code_lists', 'operation_type'),
    }) }}
),

final as (
    select
        mix.*,
        dim_territory.territory_name
    from mix
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
