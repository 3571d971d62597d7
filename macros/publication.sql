{#- What readers get, and what they do not (D60). -#}

{#- A status of publication, by its code in reference.publication_statuses. -#}
{% macro publication_status(code) -%}
    '{{ code }}'
{%- endmacro %}

{#- The copy of a mart that holds no figure, and nothing to hide. -#}
{% macro published_mart(mart) -%}
    {%- set columns = ['*'] -%}
    {%- if execute -%}
        {%- set columns = (
            graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | selectattr('name', 'equalto', mart) | first
        ).columns.keys() -%}
    {%- endif -%}
    select
        {{ columns | join(',\n        ') }}
    from {{ ref(mart) }}
{%- endmacro %}

{#- The copy of an aggregate that readers get: the same columns, each figure null unless its status is publie, then one status
    per figure. Rows that hold no figure at their level are left out.
      mart   name of one of all_aggregates() -#}
{% macro published_aggregate(mart) -%}
    {%- set aggregate = all_aggregates() | selectattr('name', 'equalto', mart) | first -%}
    {%- set measures = aggregate.measures -%}
    with figures as (
        select
            *,
            {{ aggregate.cut }} as row_cut,
            {{ aggregate.cut_value }} as row_cut_value
        from {{ ref(mart) }}
    ),

    all_statuses as (select * from {{ ref('int_disclosure__statuses') }}),

    statuses as (
        select
            {%- for measure in measures %}
            max(case when measure = '{{ measure }}' then status end) as {{ measure }}_status,
            {%- endfor %}
            reporting_year,
            territory_kind,
            territory_code,
            cut,
            cut_value
        from all_statuses
        where mart = '{{ mart }}'
        group by reporting_year, territory_kind, territory_code, cut, cut_value
        having bool_or(status <> {{ publication_status('non_diffuse') }})
    ),

    final as (
        select
            figures.* exclude (row_cut, row_cut_value) replace (
                {%- for measure in measures %}
                case when statuses.{{ measure }}_status = {{ publication_status('publie') }} then figures.{{ measure }} end
                    as {{ measure }}{{ ',' if not loop.last }}
                {%- endfor %}
            ),
            {%- for measure in measures %}
            statuses.{{ measure }}_status{{ ',' if not loop.last }}
            {%- endfor %}
        from figures
        inner join statuses
            on
                figures.reporting_year = statuses.reporting_year
                and {{ same_territory('figures', 'statuses') }}
                and figures.row_cut = statuses.cut
                and figures.row_cut_value = statuses.cut_value
    )

    select * from final
{%- endmacro %}

{#- After a published table is made: the key and the comments of the mart that it copies, and a comment for each status. -#}
{% macro described_like(mart) -%}
    {%- if execute -%}
        {%- set node = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | selectattr('name', 'equalto', mart) | first -%}
        {%- for constraint in node.constraints if constraint.type == 'primary_key' %}
        alter table {{ this }} add primary key ({{ constraint.columns | join(', ') }});
        {%- endfor %}
        comment on table {{ this }} is '{{ sql_text(node.description ~ ' ' ~ model.description) }}';
        {%- for column in adapter.get_columns_in_relation(this) %}
            {%- set documented = node.columns.get(column.name) %}
            {%- set of_status = 'Why ' ~ (column.name | replace('_status', '')) ~ ' is given or not; '
                ~ 'reference.publication_statuses explains it. Unit: code. Rule: D60.' %}
        comment on column {{ this }}.{{ column.name }} is '{{ sql_text(documented.description if documented else of_status) }}';
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}
