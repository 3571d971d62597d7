{{ published_aggregate('plie_esf_indicators', ['cut', 'cut_value']) }}
