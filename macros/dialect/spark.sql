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
    {#- Sail describes no columns of a file that it was named. -#}
    {%- set columns = run_query('select * from ' ~ relation ~ ' limit 0').column_names if execute else [] -%}
    {%- for column in columns if column not in kept -%}
        {%- do measures.append("'" ~ column ~ "', cast(" ~ column ~ ' as decimal(18, 6))') -%}
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

{#- Each join by `using` said by `on`, between the table of `from` and the joined one: after `using`, Sail knows the column no more
    by its table nor in a table's star, and Spark puts it first there. Texts and comments are passed over. -#}
{% macro joins_said_by_on(sql) -%}
    {%- set tokens = "'(?:[^'\\\\]|\\\\.)*'|--[^\\n]*|[(]|[)](?=\\s+as\\s+(?P<inner>\\w+)|)|(?<!distinct )\\bfrom\\s+(?:(?P<opens>[(])|(?P<table>[\\w.`]+)"
        ~ "(?:\\s+as\\s+(?P<alias>\\w+))?)|(?P<joined>\\w+)\\s+using\\s+[(](?P<columns>[^()]*)[)]" -%}
    {%- set place = namespace(read=0, depth=0) -%}
    {%- set said, left, opened = [], {}, {} -%}
    {%- for found in modules.re.finditer(tokens, sql) -%}
        {%- if found['columns'] -%}
            {%- set pairs = [] -%}
            {%- for column in found['columns'].split(',') | map('trim') -%}
                {%- do pairs.append(left[place.depth] ~ '.' ~ column ~ ' = ' ~ found['joined'] ~ '.' ~ column) -%}
            {%- endfor -%}
            {%- do said.append(sql[place.read:found.start()] ~ found['joined'] ~ ' on ' ~ pairs | join(' and ')) -%}
            {%- set place.read = found.end() -%}
        {%- elif found['table'] -%}
            {%- do left.update({place.depth: found['alias'] or found['table'].split('.')[-1]}) -%}
        {%- elif found['opens'] or found[0] == '(' -%}
            {%- set place.depth = place.depth + 1 -%}
            {%- do opened.update({place.depth: found['opens']}) -%}
        {%- elif found[0][0] == ')' -%}
            {%- set place.depth = place.depth - 1 -%}
            {%- if opened[place.depth + 1] -%} {%- do left.update({place.depth: found['inner']}) -%} {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(said | join('') ~ sql[place.read:]) }}
{%- endmacro %}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {{ dbt.spark__create_table_as(temporary, relation, joins_said_by_on(compiled_code), language) }}
{%- endmacro %}

{% macro spark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ dbt.default__get_test_sql(joins_said_by_on(main_sql), fail_calc, warn_if, error_if, limit) }}
{%- endmacro %}
