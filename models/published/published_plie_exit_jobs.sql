{{ published_aggregate('plie_exit_jobs', ['cut', 'cut_value']) }}
