-- D62: complete, and therefore private; published.plie_scorecard is the same of the published figures.
{{ plie_beside_others(ref('indicators')) }}
