{{ published_aggregate('clause_hours_etp') }}
