-- D61: the figures of the aggregates of the survey as rows, so that the long table is made from them and cannot disagree.
with survey_funding_mix as (
    {{ measures_as_rows('survey_funding_mix', ['cut', 'cut_value']) }}
),

survey_allocation_mix as (
    {{ measures_as_rows('survey_allocation_mix', ['cut', 'cut_value']) }}
),

survey_team_size as (
    {{ measures_as_rows('survey_team_size', ['team']) }}
),

survey_partners as (
    {{ measures_as_rows('survey_partners') }}
),

final as (
    select * from survey_funding_mix
    union all
    select * from survey_allocation_mix
    union all
    select * from survey_team_size
    union all
    select * from survey_partners
)

select * from final
