{{ published_aggregate('plie_outcomes_by_profile', ['profile']) }}
