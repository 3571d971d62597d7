{{ published_aggregate('mde_equipment', ['cut', 'cut_value']) }}
