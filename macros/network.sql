{#- The registers of the network: what exists when, and which delivery of a register is used for a year. -#}

{#- Kind of structure that a house of employment is, in members' bridges and here. The others are kinds of territory. -#}
{% macro mde_kind() -%}
    'mde'
{%- endmacro %}

{#- The team of a PLIE that its internal referents are a part of, and these (D59). -#}
{% macro internal_team() -%}
    'interne'
{%- endmacro %}

{% macro internal_referents() -%}
    'referent_interne'
{%- endmacro %}

{#- Existing on a day (D50): opened by then, and not closed by then; who closes on a day does not exist on it. An unknown
    date means "long ago" when it opens and "not yet" when it closes. -#}
{% macro exists_on(opened_on, closed_on, day) -%}
    (coalesce({{ opened_on }} <= {{ day }}, true) and coalesce({{ closed_on }} > {{ day }}, true))
{%- endmacro %}

{#- Existing on at least one day of a year (D50). -#}
{% macro exists_within(opened_on, closed_on, first_day, last_day) -%}
    (
        coalesce({{ opened_on }} <= {{ last_day }}, true)
        and coalesce({{ closed_on }} > greatest(coalesce({{ opened_on }}, {{ first_day }}), {{ first_day }}), true)
    )
{%- endmacro %}

{#- Which delivery of a register is used for each year: its own; else the first that came after, whose dates reach back; else the
    last before. A register delivered for another year changes no year that has its own. -#}
{% macro register_of_year(register, years) -%}
    select
        reporting_year,
        year_start,
        year_end,
        delivery_year
    from (
        select
            {{ years }}.reporting_year,
            {{ years }}.year_start,
            {{ years }}.year_end,
            deliveries.delivery_year,
            row_number() over (
                partition by {{ years }}.reporting_year
                order by
                    deliveries.delivery_year < {{ years }}.reporting_year,
                    abs(deliveries.delivery_year - {{ years }}.reporting_year)
            ) as place
        from {{ years }}
        cross join (select delivery_year from {{ register }} group by delivery_year) as deliveries
    ) as with_place
    where place = 1
{%- endmacro %}

{#- The delivered rows of the PLIE register, else those of the embedded one, which count as one delivery. Names of CTEs. -#}
{% macro plie_register_rows(delivered, embedded) -%}
    {%- set columns = ['plie_code', 'name', 'town', 'department_code', 'opened_on', 'closed_on'] -%}
    {%- set origin = ['source_table', 'source_file', 'source_row'] -%}
    select
        delivery_year,
        {{ (columns + origin) | join(', ') }}
    from {{ delivered }}
    union all
    select
        0 as delivery_year,
        {{ columns | join(', ') }},
        null as {{ origin | join(', null as ') }}
    from {{ embedded }}
    where not exists (select 1 from {{ delivered }})
{%- endmacro %}

{#- The ways in which members are counted: all, by kind of membership, by kind of membership and of member. -#}
{% macro membership_cuts() -%}
    (values ({{ total_cut() }}), ('membership'), ('membership_type')) as cuts (cut)
{%- endmacro %}

{#- The value of a row in the cut cuts.cut, from its kind of membership and of member. -#}
{% macro membership_cut_value(membership, member_type) -%}
    case cuts.cut
        when {{ total_cut() }} then {{ total_cut() }}
        when 'membership' then coalesce({{ membership }}, {{ unknown_code() }})
        else coalesce({{ membership }}, {{ unknown_code() }}) || '/' || coalesce({{ member_type }}, {{ unknown_code() }})
    end
{%- endmacro %}
