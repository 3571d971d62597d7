{{ published_aggregate('plie_exit_reasons', ['exit_reason', 'exit_class'], 'exit_reason_class') }}
