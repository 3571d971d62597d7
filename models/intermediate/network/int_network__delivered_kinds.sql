{%- set kinds = {
    'plie_deliveries': ('int_plie__deliveries', none),
    'mde_register': ('int_network__structures', 'structure_kind = ' ~ mde_kind()),
    'clause_register': ('int_network__structures', "structure_kind = 'structure'"),
    'members': ('int_network__members', none),
    'employer_members': ('int_network__members', 'is_employer_member is not null'),
    'board_seats': ('int_network__board_seats', none),
    'bureau_seats': ('int_network__board_seats', 'is_bureau is not null'),
    'intermediate_bodies': ('int_network__intermediate_bodies', none),
    'facilitators': ('int_network__facilitators', none),
} -%}
-- D18: which kinds of delivery each year has. A count of what no register or delivery of the year gives is unknown, not 0.
with years as (select * from {{ ref('int_network__years') }}),

{%- for kind, (model, condition) in kinds.items() %}

{{ kind }} as (
    select distinct reporting_year
    from {{ ref(model) }}
    {%- if condition %}
    where {{ condition }}
    {%- endif %}
),
{%- endfor %}

final as (
    select
        {%- for kind in kinds %}
        {{ kind }}.reporting_year is not null as has_{{ kind }},
        {%- endfor %}
        years.reporting_year
    from years
    {% for kind in kinds -%}
    left join {{ kind }} on years.reporting_year = {{ kind }}.reporting_year
    {% endfor %}
)

select * from final
