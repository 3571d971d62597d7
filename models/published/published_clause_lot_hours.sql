{{ published_aggregate('clause_lot_hours', ['cut', 'cut_value']) }}
