{{ published_aggregate('network_coverage') }}
