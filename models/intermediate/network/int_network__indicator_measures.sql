{%- set aggregates = network_aggregates() %}
-- Every figure of the aggregates of the network as rows, so that the long table is made from them and cannot disagree.
{{ aggregates_as_rows(aggregates) }}
