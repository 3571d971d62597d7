{{ published_aggregate('survey_allocation_mix') }}
