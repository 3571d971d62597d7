{#- The network head's own registers (D70): one row per thing, and counts that a registry describes. -#}

{#- Each delivered row of the registers with what decides its year and whether it counts: its own name, its first and last day, the
    row of another register that it names.
      registers  name -> thing (expression of the name of a row), first, last and order (columns, or none), linked (register and
                 column, or none) -#}
{% macro dated_rows(registers) -%}
    {%- for register, of in registers.items() %}
    select
        source_table,
        source_file,
        source_row,
        delivery_year,
        {{ of.thing }} as thing,
        {{ 'cast(' ~ (of.first or 'null') ~ ' as date)' }} as first_day,
        {{ 'cast(' ~ (of.last or 'null') ~ ' as date)' }} as last_day,
        {{ 'true' if of.first else 'false' }} as is_dated,
        {{ 'coalesce(' ~ of.order[1] ~ ' < ' ~ of.order[0] ~ ', false)' if of.order else 'false' }} as is_reversed,
        {{ "'" ~ of.linked[0] ~ "'" if of.linked else 'cast(null as varchar)' }} as linked_register,
        {{ of.linked[1] if of.linked else 'cast(null as varchar)' }} as linked_thing
    from {{ ref('stg_activity__' ~ register) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- The columns of each register by name, as text: one row per delivered row.
      registers  name -> its columns -#}
{% macro named_values(registers) -%}
    {%- for register, columns in registers.items() %}
    select
        source_table,
        source_file,
        source_row,
        map(
            ['{{ columns | join("', '") }}'],
            [{% for column in columns %}cast({{ column }} as varchar){{ ', ' if not loop.last }}{% endfor %}]
        ) as own_attributes
    from {{ ref('stg_activity__' ~ register) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- What the steps of an action may count that is no profile: its persons, and the share of them whose steps have all ended. -#}
{% macro counted_persons() -%}
    'personnes'
{%- endmacro %}

{% macro counted_ended() -%}
    'terminees'
{%- endmacro %}

{#- An aggregate of the registers, for the country: one row per year, cut and value, with its measures from the long counts.
      mart     name of the aggregate
      counts   measure -> type
      rates    measure -> numerator, denominator, is_mean -#}
{% macro activity_mart(mart, counts, rates={}) -%}
with figures as (
    select *
    from {{ ref('int_activity__figures') }}
    where mart = '{{ mart }}'
),

dim_territory as (select * from {{ ref('dim_territory') }}),

pivoted as (
    select
        reporting_year,
        'national' as territory_kind,
        'FR' as territory_code,
        cut,
        cut_value,
        cut_value_label_fr,
        {%- for measure, type in counts.items() %}
        cast(max(figure) filter (where measure = '{{ measure }}') as {{ type }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from figures
    group by reporting_year, cut, cut_value, cut_value_label_fr
),

final as (
    select
        pivoted.*,
        {%- for measure, (numerator, denominator, is_mean) in rates.items() %}
        {{ (per_respondent if is_mean else exact_rate)(numerator, denominator) }} as {{ measure }},
        {%- endfor %}
        dim_territory.territory_name
    from pivoted
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
{%- endmacro %}
