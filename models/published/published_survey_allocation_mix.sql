{{ published_aggregate('survey_allocation_mix', ['cut', 'cut_value']) }}
