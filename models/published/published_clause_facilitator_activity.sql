{{ published_aggregate('clause_facilitator_activity') }}
