-- D54: the accepted answers of the survey about funding, with the group of each funder.
with funding as (select * from {{ ref('stg_survey__survey_funding') }}),

dispositions as (select * from {{ ref('int_survey__row_dispositions') }}),

code_groups as (select * from {{ ref('code_groups') }}),

accepted as (
    {{ accepted_rows('funding', 'dispositions') }}
),

final as (
    select
        accepted.reporting_year,
        accepted.plie_code,
        accepted.amount_eur,
        accepted.funder,
        code_groups.group_code as funder_group
    from accepted
    left join code_groups
        on
            code_groups.code_list = 'funder'
            and accepted.funder = code_groups.code
)

select * from final
