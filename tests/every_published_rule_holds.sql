-- D60: what the second enforcement found in the published tables. Nothing is released until there is nothing.
{{ broken_rules(ref('published_validation_results')) }}
