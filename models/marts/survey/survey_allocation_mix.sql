with allocations as (select * from {{ ref('stg_survey__survey_allocations') }}),

dispositions as (select * from {{ ref('int_survey__row_dispositions') }}),

code_lists as (select * from {{ ref('code_lists') }}),

code_groups as (select * from {{ ref('code_groups') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

kept as (
    {{ accepted_rows('allocations', 'dispositions') }}
),

-- A type of operation is a word of the PLIE's own, compared without regard to case; the survey writes "inconnu" for one that
-- was not given.
answers as (
    select
        kept.reporting_year,
        kept.plie_code,
        kept.amount_eur,
        kept.operator_type,
        code_groups.group_code as operator_group,
        nullif({{ code_key('kept.operation_type') }}, {{ unknown_code() }}) as operation_type,
        kept.operation_type as operation_type_label
    from kept
    left join code_groups
        on
            code_groups.code_list = 'operator_type'
            and kept.operator_type = code_groups.code
),

mix as (
    {{ survey_mix('answers', 'territories', {
        'operator_type': listed_codes('code_lists', 'operator_type'),
        'operator_group': listed_groups('code_groups', 'operator_type'),
        'operation_type': none,
    }, labels={'operation_type': 'operation_type_label'}) }}
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
