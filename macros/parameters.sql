{#- The numbers of the rules, dated. -#}

{#- One row per delivered reporting year for which every parameter is in force on 31 December: its first and last day, and a
    column per parameter. A year without the full set cannot be computed: its rows are refused with a reason, not computed with
    a hole (D05).
      staged   relations with a column reporting_year
      names    parameter -> type -#}
{% macro years_with_parameters(staged, names) -%}
with parameters as (select * from {{ ref('parameters') }}),

years as (
    {%- for relation in staged %}
    select reporting_year from {{ relation }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

dated_years as (
    select
        reporting_year,
        {{ first_day_of_year('reporting_year') }} as year_start,
        {{ last_day_of_year('reporting_year') }} as year_end
    from years
    where reporting_year is not null
),

pivoted as (
    select
        {%- for name, type in names.items() %}
        cast(max(case when parameters.name = '{{ name }}' then parameters.value end) as {{ type }}) as {{ name }},
        {%- endfor %}
        dated_years.reporting_year,
        dated_years.year_start,
        dated_years.year_end
    from dated_years
    inner join parameters on {{ in_force('parameters', 'dated_years.year_end') }}
    group by dated_years.reporting_year, dated_years.year_start, dated_years.year_end
),

final as (
    select *
    from pivoted
    where {{ names | join(' is not null and ') }} is not null
)

select * from final
{%- endmacro %}
