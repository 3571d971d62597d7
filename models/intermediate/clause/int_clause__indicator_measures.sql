{%- set aggregates = clause_aggregates() %}
-- Every count, sum and rate of the clause aggregates as rows, so that the long table is made from them and cannot disagree.
{{ aggregates_as_rows(aggregates) }}
