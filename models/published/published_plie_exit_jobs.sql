{{ published_aggregate('plie_exit_jobs') }}
