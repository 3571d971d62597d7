{{ published_aggregate('survey_funding_mix', ['cut', 'cut_value']) }}
