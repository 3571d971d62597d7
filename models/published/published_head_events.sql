{{ published_aggregate('head_events', ['cut', 'cut_value']) }}
