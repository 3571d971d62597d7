{{ published_aggregate('head_rh_tpe', ['cut', 'cut_value']) }}
