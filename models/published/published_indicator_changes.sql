-- Of the published figures alone, so that a change never says more than the two figures do: one of them is hidden, no row.
{{ changes_between_years(ref('published_indicators')) }}
