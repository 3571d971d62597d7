{{ published_aggregate('head_assistance', ['cut', 'cut_value']) }}
