{{ published_aggregate('survey_partners') }}
