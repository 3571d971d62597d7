{#- The parcours as a key, and who may be tied to it. -#}

{#- Two rows are of the same parcours and reporting year (D01). -#}
{% macro same_parcours(one, other) -%}
    {%- for key in ['reporting_year', 'plie_code', 'participant_id', 'parcours_no'] %}
    {{ 'and ' if not loop.first }}{{ one }}.{{ key }} = {{ other }}.{{ key }}
    {%- endfor %}
{%- endmacro %}

{#- The parcours that a supplier delivered, accepted or not: one whose entry date cannot be read exists all the same, so that
    its exit and its steps are not orphans. One row per parcours key that can be read, with its entry date where it can. -#}
{% macro delivered_parcours(participants) -%}
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        max(entry_date) as entry_date
    from {{ participants }}
    where parcours_no is not null
    group by reporting_year, plie_code, participant_id, parcours_no
{%- endmacro %}

{#- Whether a parcours is the first of its person in the year, by entry date, then number: the one whose values the person is
    counted with (D35).
      among   further columns: the first of each of their values -#}
{% macro is_first_parcours(among=[]) -%}
    row_number() over (
        partition by {{ (['reporting_year', 'plie_code', 'participant_id'] + among) | join(', ') }}
        order by entry_date, parcours_no
    ) = 1
{%- endmacro %}
