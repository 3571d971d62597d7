{#- Where engines differ. A macro here says what is meant; <engine>__<macro>, here for DuckDB, beside it for the others, says how
    that engine writes it; default__<macro> is for those that agree. A test holds that no engine is named anywhere else. -#}

{#- Text, whatever the engine calls it. -#}
{% macro text_type() -%} {{ return(adapter.dispatch('text_type', 'plie_warehouse')()) }} {%- endmacro %}
{% macro default__text_type() -%} {{ return('varchar') }} {%- endmacro %}

{#- Whole numbers past 2^63. -#}
{% macro wide_type() -%} {{ return(adapter.dispatch('wide_type', 'plie_warehouse')()) }} {%- endmacro %}
{% macro default__wide_type() -%} {{ return('decimal(38, 0)') }} {%- endmacro %}
{% macro duckdb__wide_type() -%} {{ return('hugeint') }} {%- endmacro %}

{#- Binary floating point of 64 bits: for tests that compare a figure by a second way, never for the figure. -#}
{% macro real_type() -%} {{ return(adapter.dispatch('real_type', 'plie_warehouse')()) }} {%- endmacro %}
{% macro default__real_type() -%} {{ return('double') }} {%- endmacro %}

{#- The whole part of a quotient of two whole numbers, towards zero. -#}
{% macro whole_quotient(above, below) -%} {{ return(adapter.dispatch('whole_quotient', 'plie_warehouse')(above, below)) }} {%- endmacro %}
{% macro duckdb__whole_quotient(above, below) -%} ({{ above }}) // ({{ below }}) {%- endmacro %}

{#- Does the whole text match a pattern? Patterns say what all engines read alike: [0-9] for a digit, no \d, no \s. -#}
{% macro matches(value, pattern) -%} {{ return(adapter.dispatch('matches', 'plie_warehouse')(value, pattern)) }} {%- endmacro %}
{% macro duckdb__matches(value, pattern) -%} regexp_full_match({{ value }}, '{{ pattern }}') {%- endmacro %}

{#- Surrounding blanks dropped, runs of blanks inside one space: space, tab, line feed, form feed, carriage return, no-break
    spaces, byte order mark, by name, since engines differ in what they call a blank. Null stays null. -#}
{% macro squeeze_blanks(value) -%} {{ return(adapter.dispatch('squeeze_blanks', 'plie_warehouse')(value)) }} {%- endmacro %}
{% macro duckdb__squeeze_blanks(value) -%}
    {%- set blanks = "'[ \\t\\n\\f\\r\\x{00A0}\\x{202F}\\x{FEFF}]+'" -%}
    case
            -- Most cells have no blank, and to look for one is cheaper than to replace it.
            when regexp_matches({{ value }}, {{ blanks }})
                then trim(regexp_replace({{ value }}, {{ blanks }}, ' ', 'g'))
            else {{ value }}
        end
{%- endmacro %}

{#- A text that looks like YYYY-MM-DD as a date: null for a day that does not exist. -#}
{% macro existing_day(value) -%} {{ return(adapter.dispatch('existing_day', 'plie_warehouse')(value)) }} {%- endmacro %}
{% macro duckdb__existing_day(value) -%} cast(try_strptime({{ value }}, '%Y-%m-%d') as date) {%- endmacro %}

{#- A day of a year; null where the year is null. -#}
{% macro day_of_year(year, month, day) -%} {{ return(adapter.dispatch('day_of_year', 'plie_warehouse')(year, month, day)) }} {%- endmacro %}
{% macro default__day_of_year(year, month, day) -%} make_date({{ year }}, {{ month }}, {{ day }}) {%- endmacro %}

{#- So many calendar months later, clamped at month end; so many days later; how many days from one day to another. -#}
{% macro plus_months(day, months) -%} {{ return(adapter.dispatch('plus_months', 'plie_warehouse')(day, months)) }} {%- endmacro %}
{% macro default__plus_months(day, months) -%} cast({{ dbt.dateadd('month', months, day) }} as date) {%- endmacro %}
{% macro plus_days(day, days) -%} {{ return(adapter.dispatch('plus_days', 'plie_warehouse')(day, days)) }} {%- endmacro %}
{% macro default__plus_days(day, days) -%} cast({{ dbt.dateadd('day', days, day) }} as date) {%- endmacro %}
{% macro days_between(first_day, last_day) -%} {{ return(adapter.dispatch('days_between', 'plie_warehouse')(first_day, last_day)) }} {%- endmacro %}
{% macro default__days_between(first_day, last_day) -%} {{ dbt.datediff(first_day, last_day, 'day') }} {%- endmacro %}

{#- A month as YYYY-MM. -#}
{% macro month_text(day) -%} left(cast({{ day }} as {{ text_type() }}), 7) {%- endmacro %}

{#- Any of the values of a group that are all the same; null where all are. -#}
{% macro one_of(value) -%} {{ return(adapter.dispatch('one_of', 'plie_warehouse')(value)) }} {%- endmacro %}
{% macro default__one_of(value) -%} any_value({{ value }}) {%- endmacro %}

{#- The value of the row of a group that comes first. -#}
{% macro first_of(value, order) -%} {{ return(adapter.dispatch('first_of', 'plie_warehouse')(value, order)) }} {%- endmacro %}
{% macro default__first_of(value, order) -%} min_by({{ value }}, {{ order }}) {%- endmacro %}

{#- The median of whole numbers, the mean of the middle two where they are even. -#}
{% macro median_of(value) -%} {{ return(adapter.dispatch('median_of', 'plie_warehouse')(value)) }} {%- endmacro %}
{% macro default__median_of(value) -%} median({{ value }}) {%- endmacro %}

{#- The texts of a group as one, in order. -#}
{% macro joined(value, between, order) -%} {{ return(adapter.dispatch('joined', 'plie_warehouse')(value, between, order)) }} {%- endmacro %}
{% macro default__joined(value, between, order) -%} string_agg({{ value }}, '{{ between }}' order by {{ order }}) {%- endmacro %}

{#- In a list of columns, a row for each part of a text between bars; a row for each whole number from one to another. -#}
{% macro each_part(value) -%} {{ return(adapter.dispatch('each_part', 'plie_warehouse')(value)) }} {%- endmacro %}
{% macro duckdb__each_part(value) -%} unnest(string_split({{ value }}, '|')) {%- endmacro %}
{% macro each_whole_number(first, last) -%} {{ return(adapter.dispatch('each_whole_number', 'plie_warehouse')(first, last)) }} {%- endmacro %}
{% macro duckdb__each_whole_number(first, last) -%} unnest(generate_series({{ first }}, {{ last }})) {%- endmacro %}

{#- A relation with one row per column that is not kept and not null: the kept columns, measure, and measure_value as
    decimal(18, 6). -#}
{% macro unpivoted(relation, kept) -%} {{ return(adapter.dispatch('unpivoted', 'plie_warehouse')(relation, kept)) }} {%- endmacro %}
{% macro duckdb__unpivoted(relation, kept) -%}
    {%- set measures = 'columns(* exclude (' ~ kept | join(', ') ~ '))' -%}
    (
        select
            {{ kept | join(',\n            ') }},
            cast({{ measures }} as decimal(18, 6))
        from {{ relation }}
    ) as aggregate
    unpivot (
        measure_value for measure in ({{ measures }})
    )
{%- endmacro %}

{#- What the build is called (D61): the plugin of the working file gives it to each connection, else it is dbt's own run. -#}
{% macro build_name() -%} {{ return(adapter.dispatch('build_name', 'plie_warehouse')()) }} {%- endmacro %}
{% macro default__build_name() -%} cast('{{ invocation_id }}' as {{ text_type() }}) {%- endmacro %}
{% macro duckdb__build_name() -%} coalesce(cast(getvariable('build_id') as varchar), '{{ invocation_id }}') {%- endmacro %}

{#- True, or an error that names a column of the relation that is not in `columns`: selecting the others would lose it. Another
    engine is given what DuckDB read so. -#}
{% macro has_only_columns(relation, columns) -%} {{ return(adapter.dispatch('has_only_columns', 'plie_warehouse')(relation, columns)) }} {%- endmacro %}
{% macro default__has_only_columns(relation, columns) -%} true {%- endmacro %}
{% macro duckdb__has_only_columns(relation, columns) -%}
    (
        select
            coalesce(bool_and(
                case
                    when column_name in ('{{ columns | join("', '") }}') then true
                    else error('the contract has no column ' || column_name || ' (model {{ this.name }}): add it, or deliver again')
                end
            ), true)
        from (
            select unnest(struct_keys(one_row)) as column_name
            from (select one_row from {{ relation }} as one_row limit 1) as one_row_only
        ) as column_names
    )
{%- endmacro %}

{#- Before a run, and after each table: what the engine has to be told. -#}
{% macro before_the_run() -%} {{ return(adapter.dispatch('before_the_run', 'plie_warehouse')()) }} {%- endmacro %}
{% macro default__before_the_run() -%} {%- endmacro %}
{% macro duckdb__before_the_run() -%} {{ plan_of_the_run() }} {%- endmacro %}
{% macro after_the_run(results) -%} {{ return(adapter.dispatch('after_the_run', 'plie_warehouse')(results)) }} {%- endmacro %}
{% macro default__after_the_run(results) -%} {%- endmacro %}
{% macro duckdb__after_the_run(results) -%} {{ tell_the_release(results) }} {%- endmacro %}
{% macro after_a_table() -%} {{ return(adapter.dispatch('after_a_table', 'plie_warehouse')()) }} {%- endmacro %}
{% macro default__after_a_table() -%} {%- endmacro %}

{#- The walk over the parcours of a person and year, in order of entry date, then number (D1A): the keys of those that begin
    before the last kept one ended.
      parcours   relation of the parcours of the year -#}
{% macro overlapping_parcours(parcours) -%} {{ return(adapter.dispatch('overlapping_parcours', 'plie_warehouse')(parcours)) }} {%- endmacro %}
{% macro default__overlapping_parcours(parcours) -%}
with recursive parcours as (
    select *
    from {{ parcours }}
    where is_in_year
),

ranked as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        entry_date,
        exit_date,
        row_number() over (
            partition by reporting_year, plie_code, participant_id
            order by entry_date, parcours_no
        ) as rank_in_person,
        count(*) over (partition by reporting_year, plie_code, participant_id) as parcours_of_person
    from parcours
),

-- Nearly everyone has one parcours in the year; only the others need the recursion.
several as (
    select *
    from ranked
    where parcours_of_person > 1
),

walk as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        rank_in_person,
        exit_date as kept_until,
        false as is_overlapping
    from several
    where rank_in_person = 1

    union all

    select
        several.reporting_year,
        several.plie_code,
        several.participant_id,
        several.parcours_no,
        several.rank_in_person,
        case
            when coalesce(several.entry_date >= walk.kept_until, false) then several.exit_date
            else walk.kept_until
        end as kept_until,
        not coalesce(several.entry_date >= walk.kept_until, false) as is_overlapping
    from walk
    inner join several
        on
            walk.reporting_year = several.reporting_year
            and walk.plie_code = several.plie_code
            and walk.participant_id = several.participant_id
            and walk.rank_in_person + 1 = several.rank_in_person
),

final as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no
    from walk
    where is_overlapping
)

select * from final
{%- endmacro %}
