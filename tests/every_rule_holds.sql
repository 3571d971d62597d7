-- D61: what the second enforcement found against a rule. Nothing is published, and nothing released, until there is nothing.
{{ broken_rules(ref('validation_results')) }}
