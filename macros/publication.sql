{#- What readers get, and what they do not (D60). -#}

{#- A status of publication, by its code in reference.publication_statuses. -#}
{% macro publication_status(code) -%}
    '{{ code }}'
{%- endmacro %}

{#- The copy of an aggregate that readers get: the same columns, each figure null unless its status is publie, then one status
    per figure. Rows that hold no figure at their level are left out.
      mart      name of the aggregate
      by, cut   see breakdown -#}
{% macro published_aggregate(mart, by=[], cut=none) -%}
    {%- set given = breakdown(by, cut) -%}
    with figures as (
        select
            *,
            {{ given.cut }} as row_cut,
            {{ given.value }} as row_cut_value
        from {{ ref(mart) }}
    ),

    all_statuses as (select * from {{ ref('int_disclosure__statuses') }}),

    statuses as (
        select
            reporting_year,
            territory_kind,
            territory_code,
            cut,
            cut_value,
            map(list(measure), list(status)) as statuses
        from all_statuses
        where mart = '{{ mart }}'
        group by reporting_year, territory_kind, territory_code, cut, cut_value
        having bool_or(status <> {{ publication_status('non_diffuse') }})
    ),

    with_statuses as (
        select
            figures.* exclude (row_cut, row_cut_value),
            statuses.statuses
        from figures
        inner join statuses
            on
                figures.reporting_year = statuses.reporting_year
                and {{ same_territory('figures', 'statuses') }}
                and figures.row_cut = statuses.cut
                and figures.row_cut_value = statuses.cut_value
    ),

    -- D60: a figure that has no status is not given.
    final as (
        select {{ published_columns(descriptive_columns(by), 'statuses') }}
        from with_statuses
    )

    select * from final
{%- endmacro %}

{#- After a published table is made: the key and the comments of the mart of the same name, or of the one that its meta names, and a
    comment for each status. The key is the mart's primary key, or what its meta calls its key where it has no index. -#}
{% macro described_like_its_mart() -%}
    {%- if execute -%}
        {%- set mart = graph.nodes['model.' ~ project_name ~ '.' ~ (config.get('meta', {}).get('mart') or this.identifier)] -%}
        {%- set comments = {} -%}
        {%- for column in column_types('from ' ~ this) -%}
            {%- set of_status = 'Why ' ~ (column | replace('_status', '')) ~ ' is given or not; '
                ~ 'reference.publication_statuses explains it. Unit: code. Rule: D60.' -%}
            {%- do comments.update({column: (mart.columns.get(column) or {}).get('description') or of_status}) -%}
        {%- endfor -%}
        {%- set key = ((mart.config.get('meta') or {}).get('key') or []) | list -%}
        {%- for constraint in mart.constraints if constraint.type == 'primary_key' -%}
            {%- do key.extend(constraint.columns) -%}
        {%- endfor %}
        {%- if key %}
    alter table {{ this }} add primary key ({{ key | join(', ') }});
        {%- endif %}
    {{ comments_sql(this.incorporate(type='table'), mart.description ~ ' ' ~ model.description, comments) }}
    {%- endif -%}
{%- endmacro %}

{#- The comparison with what was printed as readers get it: our values where the indicators that they are made from are
    published; the queries of the private warehouse stay there. -#}
{% macro printed_comparison_copy() -%}
    {#- Figures that can be read in two ways are of the nation, whose totals stay as they are: their other value may be shown. -#}
    {%- set values = ['our_value', 'exact_value', 'other_value', 'numerator', 'denominator'] -%}
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

    with_statuses as (
        select
            -- What steps count of one action is of few persons.
            compared.* exclude (rows_sql, denominator_rows_sql, declared_value, counted_value),
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
        left join readable using (figure_id)
    ),

    final as (
        select
            * replace (
                {%- for value in values %}
                case when {{ value }}_status = {{ publication_status('publie') }} then {{ value }} end as {{ value }}{{ ',' if not loop.last }}
                {%- endfor %}
            )
        from with_statuses
    )

    select * from final
{%- endmacro %}

{#- The columns of an aggregate as readers get them, and one status per measure.
      kept       columns that hold no measure
      statuses   column with the statuses of the row, a map by measure: a measure that is not in it is not given -#}
{% macro published_columns(kept, statuses) -%}
    {%- set every = 'columns(* exclude (' ~ statuses ~ '))' -%}
    {%- set measures = 'columns(* exclude (' ~ (kept + [statuses]) | join(', ') ~ '))' -%}
    case
        when
            alias({{ every }}) in ('{{ kept | join("', '") }}')
            or {{ statuses }}[alias({{ every }})] = {{ publication_status('publie') }}
            then {{ every }}
    end,
    {{ statuses }}[alias({{ measures }})] as '\0_status'
{%- endmacro %}
