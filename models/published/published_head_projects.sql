{{ published_aggregate('head_projects', ['cut', 'cut_value']) }}
