with funding as (select * from {{ ref('stg_survey__survey_funding') }}),

dispositions as (select * from {{ ref('int_survey__row_dispositions') }}),

code_lists as (select * from {{ ref('code_lists') }}),

code_groups as (select * from {{ ref('code_groups') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

kept as (
    {{ accepted_rows('funding', 'dispositions') }}
),

answers as (
    select
        kept.reporting_year,
        kept.plie_code,
        kept.amount_eur,
        kept.funder,
        code_groups.group_code as funder_group
    from kept
    left join code_groups
        on
            code_groups.code_list = 'funder'
            and kept.funder = code_groups.code
),

mix as (
    {{ survey_mix('answers', 'territories', {
        'funder': listed_codes('code_lists', 'funder'),
        'funder_group': listed_groups('code_groups', 'funder'),
    }) }}
),

final as (
    select
        mix.*,
        dim_territory.territory_name
    from mix
    left join dim_territory
        on
            {{ same_territory('mix', 'dim_territory') }}
)

select * from final
