{{ published_aggregate('plie_durations', ['population', 'exit_class'], 'population_class') }}
