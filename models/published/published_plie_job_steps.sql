{{ published_aggregate('plie_job_steps') }}
