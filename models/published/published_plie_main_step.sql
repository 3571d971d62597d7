{{ published_aggregate('plie_main_step', ['step_family']) }}
