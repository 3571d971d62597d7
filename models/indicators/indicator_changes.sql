{{ changes_between_years(ref('indicators')) }}
