{#- How Spark SQL writes what dialect.sql means: Apache Spark, and Sail, which has neither recursion nor `qualify`. A backslash
    in a literal is written twice, and a quote in a literal is chr(39): '''' is an empty text there. -#}

{% macro spark__text_type() -%} {{ return('string') }} {%- endmacro %}

{% macro spark__whole_quotient(above, below) -%} ({{ above }}) div ({{ below }}) {%- endmacro %}

{#- \z and not $, which passes over a last line feed. -#}
{% macro spark__matches(value, pattern) -%} ({{ value }} rlike '^({{ pattern }})\\z') {%- endmacro %}

{% macro spark__squeeze_blanks(value) -%}
    trim(regexp_replace({{ value }}, '[ \\t\\n\\f\\r\u00A0\u202F\uFEFF]+', ' '))
{%- endmacro %}

{% macro spark__existing_day(value) -%} try_cast({{ value }} as date) {%- endmacro %}

{% macro spark__plus_months(day, months) -%} add_months({{ day }}, cast({{ months }} as int)) {%- endmacro %}
{% macro spark__plus_days(day, days) -%} date_add({{ day }}, cast({{ days }} as int)) {%- endmacro %}
{% macro spark__days_between(first_day, last_day) -%} datediff({{ last_day }}, {{ first_day }}) {%- endmacro %}

{% macro spark__one_of(value) -%} max({{ value }}) {%- endmacro %}

{% macro spark__joined(value, between, order) -%}
    array_join(transform(
        array_sort(collect_list(named_struct('place', {{ order }}, 'part', {{ value }}))), pair -> pair.part
    ), '{{ between }}')
{%- endmacro %}

{% macro spark__each_part(value) -%} explode(split({{ value }}, '[|]')) {%- endmacro %}

{% macro spark__each_whole_number(first, last) -%} explode(sequence({{ first }}, {{ last }})) {%- endmacro %}

{% macro spark__unpivoted(relation, kept) -%}
    {%- set measures = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) if column.name not in kept -%}
        {%- do measures.append("'" ~ column.name ~ "', cast(" ~ column.name ~ ' as decimal(18, 6))') -%}
    {%- endfor -%}
    (
        select *
        from (
            select
                {{ kept | join(', ') }},
                stack({{ [measures | length, 1] | max }}, {{ measures | join(', ') or "'', cast(null as decimal(18, 6))" }})
                    as (measure, measure_value)
            from {{ relation }}
        ) as stacked
        where measure_value is not null
    ) as aggregate
{%- endmacro %}

{#- The tables that were brought to the engine: Parquet files <schema>.<table>.parquet in the folder PLIE_ENGINE_FOLDER. -#}
{% macro spark__before_the_run() -%}
    {%- if execute and flags.WHICH in ('build', 'run', 'test') -%}
        {%- set folder = env_var('PLIE_ENGINE_FOLDER') -%}
        {%- for name in env_var('PLIE_ENGINE_TABLES').split(',') -%}
            {%- do run_query('create schema if not exists ' ~ name.split('.')[0]) -%}
            {%- do run_query(
                'create table if not exists ' ~ name ~ " using parquet location '" ~ folder ~ '/' ~ name ~ ".parquet'"
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- The same walk as a fold over each person's parcours in order. -#}
{% macro spark__overlapping_parcours(parcours) -%}
with walked as (
    select
        reporting_year,
        plie_code,
        participant_id,
        aggregate(
            array_sort(collect_list(struct(entry_date, parcours_no, exit_date))),
            named_struct('kept_until', cast(null as date), 'is_first', true, 'overlapping', cast(array() as array<int>)),
            (walk, parcours) -> case
                when walk.is_first or coalesce(parcours.entry_date >= walk.kept_until, false)
                    then named_struct(
                        'kept_until', parcours.exit_date, 'is_first', false, 'overlapping', walk.overlapping
                    )
                else named_struct(
                    'kept_until', walk.kept_until, 'is_first', false,
                    'overlapping', concat(walk.overlapping, array(parcours.parcours_no))
                )
            end
        ).overlapping as overlapping
    from {{ parcours }}
    where is_in_year
    group by reporting_year, plie_code, participant_id
    having count(*) > 1
)

select
    reporting_year,
    plie_code,
    participant_id,
    explode(overlapping) as parcours_no
from walked
{%- endmacro %}

{#- A view is a table there: the store of names of a local Spark takes no long text, and plans a view again for each reader. -#}
{% materialization view, adapter='spark' -%}
    {{ return(materialization_table_spark()) }}
{%- endmaterialization %}
