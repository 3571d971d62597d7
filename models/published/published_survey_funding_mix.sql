{{ published_aggregate('survey_funding_mix') }}
