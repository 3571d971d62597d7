{{ published_aggregate('plie_outcomes') }}
