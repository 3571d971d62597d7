{{ published_aggregate('survey_external_referents', ['employer_type']) }}
