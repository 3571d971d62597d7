{#- The measures of the aggregates as rows. reference.measures says what each of them is. -#}

{#- The breakdown of an aggregate that has none. -#}
{% macro total_cut() -%}
    'total'
{%- endmacro %}

{% macro total_label() -%}
    'Total'
{%- endmacro %}

{#- What the rows of an aggregate are given by, in addition to year and territory.
      by    its columns: none for an aggregate without a breakdown, ['cut', 'cut_value'] for one with several
      cut   name of a breakdown by several columns; of one column it is the name of the column
    Returns SQL of a row: cut, value and label, and labels: the columns that hold labels. -#}
{% macro breakdown(by=[], cut=none) -%}
    {%- if by == ['cut', 'cut_value'] -%}
        {{ return({'cut': 'cut', 'value': 'cut_value', 'label': 'cut_value_label_fr', 'labels': ['cut_value_label_fr']}) }}
    {%- elif by == ['cut', 'population', 'cut_value'] -%}
        {{ return({
            'cut': 'cut',
            'value': "population || '/' || cut_value",
            'label': "population_label_fr || ' / ' || cut_value_label_fr",
            'labels': ['population_label_fr', 'cut_value_label_fr'],
        }) }}
    {%- elif by -%}
        {%- set labels = [] -%}
        {%- for column in by %}{% do labels.append(column ~ '_label_fr') %}{% endfor -%}
        {{ return({
            'cut': "'" ~ (cut or by[0]) ~ "'",
            'value': by | join(" || '/' || "),
            'label': labels | join(" || ' / ' || "),
            'labels': labels,
        }) }}
    {%- endif -%}
    {{ return({'cut': total_cut(), 'value': total_cut(), 'label': total_label(), 'labels': []}) }}
{%- endmacro %}

{#- The columns of an aggregate that hold no measure: the key and the labels. -#}
{% macro descriptive_columns(by=[]) -%}
    {{ return(
        ['reporting_year', 'territory_kind', 'territory_code', 'territory_name'] + by + breakdown(by).labels
    ) }}
{%- endmacro %}

{#- The measures of an aggregate as rows: reporting_year, territory_kind, territory_code, mart, cut, cut_value, with their
    labels, measure, measure_value. Each column that is not of the key nor a label is a measure; a measure that is null has
    no row.
      mart      name of the aggregate
      by, cut   see breakdown -#}
{% macro measures_as_rows(mart, by=[], cut=none) -%}
    {%- set given = breakdown(by, cut) -%}
    select
        reporting_year,
        territory_kind,
        territory_code,
        '{{ mart }}' as mart,
        {{ given.cut }} as cut,
        {{ given.value }} as cut_value,
        {{ given.label }} as cut_value_label_fr,
        territory_name,
        measure,
        measure_value
    from {{ unpivoted(ref(mart), descriptive_columns(by)) }}
{%- endmacro %}

{#- The measures of the aggregates of all subjects as rows. -#}
{% macro all_measures() -%}
    {%- for subject in ['plie', 'clause', 'network', 'survey', 'activity'] %}
    select * from {{ ref('ind_' ~ subject ~ '__measures') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Two rows of measures are of the same year, territory, aggregate and cut. -#}
{% macro same_cell(one, other) -%}
    {%- for key in ['reporting_year', 'territory_kind', 'territory_code', 'mart', 'cut', 'cut_value'] %}
    {{ 'and ' if not loop.first }}{{ one }}.{{ key }} = {{ other }}.{{ key }}
    {%- endfor %}
{%- endmacro %}

{#- The query that lists the rows behind a part of a figure in this warehouse: a text of reference.measures with the year,
    territory and values of the figure in it. -#}
{% macro rows_of_a_figure(figure, text) -%}
    replace(replace(replace(replace(replace(
        {{ text }},
        '{year}', cast({{ figure }}.reporting_year as {{ text_type() }})),
        '{territory_kind}', {{ figure }}.territory_kind),
        '{territory_code}', {{ figure }}.territory_code),
        '{cut}', {{ figure }}.cut),
        '{cut_values}', chr(39) || replace({{ figure }}.cut_values, '|', chr(39) || ', ' || chr(39)) || chr(39))
{%- endmacro %}

{#- The indicators of the registry, numbered: millions of rows are joined by a number in less memory than by three names. -#}
{% macro numbered_indicators() -%}
    select
        *,
        row_number() over (order by indicator_code, cut, method_version) as definition_no
    from {{ ref('measures') }}
    where indicator_code is not null
{%- endmacro %}
