{{ published_aggregate('clause_hours_etp', ['cut', 'cut_value']) }}
