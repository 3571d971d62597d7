-- D54: the accepted answers of the survey about teams.
with teams as (select * from {{ ref('stg_survey__survey_teams') }}),

dispositions as (select * from {{ ref('int_survey__row_dispositions') }}),

accepted as (
    {{ accepted_rows('teams', 'dispositions') }}
),

final as (
    select
        reporting_year,
        plie_code,
        team,
        headcount,
        fte as etp,
        employer_type
    from accepted
)

select * from final
