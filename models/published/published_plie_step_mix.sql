{{ published_aggregate('plie_step_mix', ['step_family']) }}
