{{ published_aggregate('network_members', ['cut', 'cut_value']) }}
