-- D55: the exact change of each figure from the year before, and what readers see of it.
{{ changes_between_years(ref('indicators')) }}
