{{ published_aggregate('network_members') }}
