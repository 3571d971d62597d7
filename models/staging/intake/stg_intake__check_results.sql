-- Empty when the sample is built: nothing was taken in.
{{ intake_check_results() }}
