{#- How PostgreSQL, from 15 on, writes what dialect.sql means. -#}

{% macro postgres__real_type() -%} {{ return('double precision') }} {%- endmacro %}

{% macro postgres__whole_quotient(above, below) -%} div({{ above }}, {{ below }}) {%- endmacro %}

{% macro postgres__matches(value, pattern) -%} ({{ value }} ~ '^({{ pattern }})$') {%- endmacro %}

{% macro postgres__squeeze_blanks(value) -%}
    trim(regexp_replace({{ value }}, '[ \t\n\f\r\u00A0\u202F\uFEFF]+', ' ', 'g'))
{%- endmacro %}

{#- A cast raises on a day that does not exist: the last day of the month is looked up first. -#}
{% macro postgres__existing_day(value) -%}
    case
        when substr({{ value }}, 1, 4) <> '0000' and substr({{ value }}, 6, 2) between '01' and '12'
            then case
                when substr({{ value }}, 9, 2) between '01' and cast(extract(day from make_date(
                    cast(substr({{ value }}, 1, 4) as integer), cast(substr({{ value }}, 6, 2) as integer), 1
                ) + interval '1 month - 1 day') as varchar)
                    then to_date({{ value }}, 'YYYY-MM-DD')
            end
    end
{%- endmacro %}

{#- There is no year 0, and to ask for it raises. -#}
{% macro postgres__day_of_year(year, month, day) -%} make_date(nullif(cast({{ year }} as integer), 0), {{ month }}, {{ day }}) {%- endmacro %}

{% macro postgres__one_of(value) -%} (array_agg({{ value }}) filter (where {{ value }} is not null))[1] {%- endmacro %}

{% macro postgres__first_of(value, order) -%} (array_agg({{ value }} order by {{ order }}))[1] {%- endmacro %}

{% macro postgres__median_of(value) -%} percentile_cont(0.5) within group (order by {{ value }}) {%- endmacro %}

{% macro postgres__each_part(value) -%} unnest(string_to_array({{ value }}, '|')) {%- endmacro %}

{% macro postgres__each_whole_number(first, last) -%} generate_series({{ first }}, {{ last }}) {%- endmacro %}

{% macro postgres__unpivoted(relation, kept) -%}
    (
        select
            {{ kept | join(', ') }},
            measured.measure,
            measured.measure_value
        from {{ relation }}
        cross join lateral (
            values
            {%- for column in adapter.get_columns_in_relation(relation) if column.name not in kept %}
            ('{{ column.name }}', cast({{ column.name }} as decimal(18, 6))){{ ',' if not loop.last }}
            {%- else %}
            ('', cast(null as decimal(18, 6)))
            {%- endfor %}
        ) as measured (measure, measure_value)
        where measured.measure_value is not null
    ) as aggregate
{%- endmacro %}

{#- Without statistics the planner takes loops for joins: minutes in place of seconds. -#}
{% macro postgres__after_a_table() -%} {{ 'analyze ' ~ this if config.get('materialized') in ('table', 'seed') }} {%- endmacro %}
