{%- set aggregates = plie_aggregates() %}
-- Every count and rate of the PLIE aggregates as rows, so that the long table is made from them and cannot disagree.
{{ aggregates_as_rows(aggregates) }}
