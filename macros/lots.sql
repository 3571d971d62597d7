{#- Two rows are of the same lot of the same marché and reporting year, whichever structures follow it (D44). -#}
{% macro same_lot(one, other) -%}
    {%- for key in ['reporting_year', 'buyer_id', 'procurement_id', 'lot_no'] %}
    {{ 'and ' if not loop.first }}{{ one }}.{{ key }} = {{ other }}.{{ key }}
    {%- endfor %}
{%- endmacro %}
