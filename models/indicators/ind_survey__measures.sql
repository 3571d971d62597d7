-- D61: the figures of the aggregates of the survey as rows, so that the long table is made from them and cannot disagree.
{{ measures_as_rows('survey_funding_mix', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('survey_allocation_mix', ['cut', 'cut_value']) }}
union all
{{ measures_as_rows('survey_team_size', ['team']) }}
union all
{{ measures_as_rows('survey_partners') }}
union all
{{ measures_as_rows('survey_external_referents', ['employer_type']) }}
