-- D54: shares of the pooled amounts, by funder and group of funders.
with funding as (select * from {{ ref('int_survey__funding') }}),

code_lists as (select * from {{ ref('code_lists') }}),

code_groups as (select * from {{ ref('code_groups') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

mix as (
    {{ survey_mix('funding', 'territories', {
        'funder': listed_codes('code_lists', 'funder'),
        'funder_group': listed_groups('code_groups', 'funder'),
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
