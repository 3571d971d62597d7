{{ published_aggregate('plie_entry_profile', ['profile']) }}
