-- D60, D62: of the published figures alone: ranks are among these, and a suppressed figure has no row.
{{ plie_beside_others(ref('published_indicators')) }}
