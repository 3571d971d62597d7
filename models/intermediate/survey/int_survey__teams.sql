-- D54: the accepted answers of the survey about teams.
with teams as (select * from {{ ref('stg_survey__survey_teams') }}),

dispositions as (select * from {{ ref('int_survey__row_dispositions') }}),

final as (
    {{ accepted_rows('teams', 'dispositions') }}
)

select * from final
