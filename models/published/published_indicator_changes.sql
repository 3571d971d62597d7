-- D55, D60: of the published figures alone, so that a change never says more than the two figures do: one is suppressed, no row.
{{ changes_between_years(ref('published_indicators')) }}
