{#- The cut of an aggregate that has none. -#}
{% macro total_cut() -%}
    'total'
{%- endmacro %}

{% macro total_label() -%}
    'Total'
{%- endmacro %}

{#- The measures of an aggregate as rows: reporting_year, territory_kind, territory_code, mart, cut, cut_value, with their
    labels, measure, measure_value. A measure that is null has no row. -#}
{% macro measures_as_rows(aggregate, mart, cut, cut_value, cut_value_label, measures) -%}
    select
        reporting_year,
        territory_kind,
        territory_code,
        '{{ mart }}' as mart,
        cut,
        cut_value,
        cut_value_label_fr,
        territory_name,
        measure,
        measure_value
    from (
        select
            reporting_year,
            territory_kind,
            territory_code,
            {{ cut }} as cut,
            {{ cut_value }} as cut_value,
            {{ cut_value_label }} as cut_value_label_fr,
            territory_name,
            {%- for measure in measures %}
            cast({{ measure }} as decimal(18, 6)) as {{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ aggregate }}
    ) as aggregate
    unpivot (
        measure_value for measure in ({{ measures | join(', ') }})
    )
{%- endmacro %}

{#- Two rows of measures are of the same year, territory, aggregate and cut. -#}
{% macro same_cell(one, other) -%}
    {%- for key in ['reporting_year', 'territory_kind', 'territory_code', 'mart', 'cut', 'cut_value'] %}
    {{ 'and ' if not loop.first }}{{ one }}.{{ key }} = {{ other }}.{{ key }}
    {%- endfor %}
{%- endmacro %}

{#- The measures of several aggregates as rows: a list of {name, cut, cut_value, label, measures}. -#}
{% macro aggregates_as_rows(aggregates) -%}
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
{%- endmacro %}

{#- The query that lists the rows behind a numerator in this warehouse: a text of reference.numerator_rows with the year, territory
    and values of a figure in it. -#}
{% macro rows_of_a_figure(figure, text) -%}
    replace(replace(replace(replace(replace(
        {{ text }},
        '{year}', cast({{ figure }}.reporting_year as varchar)),
        '{territory_kind}', {{ figure }}.territory_kind),
        '{territory_code}', {{ figure }}.territory_code),
        '{cut}', {{ figure }}.cut),
        '{cut_values}', '''' || replace({{ figure }}.cut_values, '|', ''', ''') || '''')
{%- endmacro %}
