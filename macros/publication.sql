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

{#- The comparison with what was printed as readers get it: our values where the indicators that they are made from are
    published; the queries of the private warehouse stay there. -#}
{% macro printed_comparison_copy() -%}
    {%- set values = ['our_value', 'exact_value', 'numerator', 'denominator'] -%}
    with compared as (select * from {{ ref('printed_comparison') }}),

    indicators as (select * from {{ ref('published_indicators') }}),

    readable as (
        select
            compared.figure_id,
            bool_and(
                indicators.status = {{ publication_status('publie') }}
                and indicators.numerator_status = {{ publication_status('publie') }}
                and indicators.denominator_status in ({{ publication_status('publie') }}, {{ publication_status('non_connu') }})
            ) as is_readable
        from compared
        inner join indicators
            on
                compared.reporting_year - indicators.reporting_year between 0 and 1
                and {{ same_territory('compared', 'indicators') }}
                and compared.indicator_code = indicators.indicator_code
                and compared.cut = indicators.cut
                and list_contains(string_split(compared.cut_values, '|'), indicators.cut_value)
                and compared.method_version = indicators.method_version
        group by compared.figure_id
    ),

    decided as (
        select
            compared.* exclude (rows_sql),
            {%- for value in ['printed_value'] + values %}
            case
                when compared.{{ value }} is null then {{ publication_status('non_connu') }}
                {%- if value in values %}
                when not coalesce(readable.is_readable, false) then {{ publication_status('non_diffuse') }}
                {%- endif %}
                else {{ publication_status('publie') }}
            end as {{ value }}_status{{ ',' if not loop.last }}
            {%- endfor %}
        from compared
        left join readable on compared.figure_id = readable.figure_id
    ),

    final as (
        select
            * replace (
                {%- for value in values %}
                case when {{ value }}_status = {{ publication_status('publie') }} then {{ value }} end as {{ value }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
        from decided
    )

    select * from final
{%- endmacro %}
