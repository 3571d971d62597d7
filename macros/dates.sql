{#- Calendar arithmetic. Months are calendar months clamped at month end: 31/08 + 6 months = 28/02 (D11). -#}

{% macro add_months(start_date, months) -%}
    {{ plus_months(start_date, months) }}
{%- endmacro %}

{#- The day after a last day: a period that ends on the 14th is over on the 15th. -#}
{% macro day_after(last_day) -%}
    {{ plus_days(last_day, 1) }}
{%- endmacro %}

{#- The day before a first day. -#}
{% macro day_before(first_day) -%}
    {{ plus_days(first_day, -1) }}
{%- endmacro %}

{#- From first_day to last_day, both included, at least so many months: 15/01 to 14/07 are six months, 15/01 to 13/07 not (D11,
    D12). -#}
{% macro lasts_at_least(first_day, last_day, months) -%}
    {{ day_after(last_day) }} >= {{ add_months(first_day, months) }}
{%- endmacro %}

{#- The same, strictly longer (D12). -#}
{% macro lasts_more_than(first_day, last_day, months) -%}
    {{ day_after(last_day) }} > {{ add_months(first_day, months) }}
{%- endmacro %}

{#- How many days of a period lie between two days, all of them included; a period without an end runs on. -#}
{% macro days_within(first_day, last_day, from_day, to_day) -%}
    {{ days_from_to('greatest(' ~ first_day ~ ', ' ~ from_day ~ ')', 'least(coalesce(' ~ last_day ~ ', ' ~ to_day ~ '), ' ~ to_day ~ ')') }}
{%- endmacro %}

{#- How many days from a first to a last day, both included. -#}
{% macro days_from_to(first_day, last_day) -%}
    {{ days_between(first_day, last_day) }} + 1
{%- endmacro %}

{% macro first_day_of_year(year) -%}
    {{ day_of_year(year, 1, 1) }}
{%- endmacro %}

{% macro last_day_of_year(year) -%}
    {{ day_of_year(year, 12, 31) }}
{%- endmacro %}

{#- The first year of the calendar. -#}
{% macro first_calendar_year() -%}
    (select cast(max(value) as integer) from {{ ref('parameters') }} where name = 'calendar_first_year')
{%- endmacro %}

{#- A relation with every day of some years, column day_in_calendar. -#}
{% macro days_of_years(first_year, last_year) -%}
    (
        select {{ plus_days('first_day', 'cast(days_after as integer)') }} as day_in_calendar
        from (
            select
                first_day,
                {{ each_whole_number(0, days_between('first_day', 'last_day')) }} as days_after
            from (
                select
                    {{ first_day_of_year(first_year) }} as first_day,
                    {{ last_day_of_year(last_year) }} as last_day
            ) as bounds
        ) as numbered
    ) as calendar
{%- endmacro %}

{#- A dated row of a reference list is in force on a day. -#}
{% macro in_force(relation, day) -%}
    ({{ relation }}.valid_from is null or {{ relation }}.valid_from <= {{ day }})
    and ({{ relation }}.valid_to is null or {{ relation }}.valid_to >= {{ day }})
{%- endmacro %}
