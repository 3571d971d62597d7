{%- set aggregates = survey_aggregates() %}
-- Every figure of the aggregates of the survey as rows, so that the long table is made from them and cannot disagree.
{{ aggregates_as_rows(aggregates) }}
