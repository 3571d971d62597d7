{{ published_aggregate('plie_breakdowns', ['cut', 'population', 'cut_value']) }}
