{{ published_aggregate('head_training', ['cut', 'cut_value']) }}
