{%- set aggregates = plie_aggregates() %}
-- Every count and rate of the PLIE aggregates as rows, so that the long table is made from them and cannot disagree.
with
{%- for aggregate in aggregates %}
{{ aggregate.name }} as (
    {{ measures_as_rows(
        ref(aggregate.name), aggregate.name, aggregate.cut, aggregate.cut_value, aggregate.label, aggregate.measures
    ) }}
),
{% endfor %}
final as (
    {%- for aggregate in aggregates %}
    select * from {{ aggregate.name }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
