{{ published_aggregate('plie_job_steps', ['cut', 'cut_value']) }}
