{{ published_aggregate('head_communication', ['cut', 'cut_value']) }}
