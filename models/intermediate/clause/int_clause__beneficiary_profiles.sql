{%- set attributes = [
    'sex', 'is_long_term_unemployed', 'is_rsa', 'is_unqualified', 'is_low_qualified', 'is_senior', 'is_young',
    'is_disabled_worker', 'is_qpv_resident',
] %}
-- D33, D47: whether a beneficiary with counted hours belongs to each profile: true, false, or null when it is not known. The
-- reference list profiles says which attribute holds the answer, and with which value.
with hours as (select * from {{ ref('int_clause__hours') }}),

profiles as (
    select *
    from {{ ref('profiles') }}
    where is_for_clause
),

beneficiaries as (
    select
        {%- for attribute in attributes %}
        {{ one_of(attribute) }} as {{ attribute }},
        {%- endfor %}
        reporting_year,
        structure_code,
        beneficiary_id
    from hours
    where is_counted
    group by reporting_year, structure_code, beneficiary_id
),

attributes as (
    {%- for attribute in attributes %}
    select
        reporting_year,
        structure_code,
        beneficiary_id,
        '{{ attribute }}' as attribute_name,
        cast({{ attribute }} as {{ text_type() }}) as attribute_value
    from beneficiaries
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        attributes.reporting_year,
        attributes.structure_code,
        attributes.beneficiary_id,
        profiles.profile,
        attributes.attribute_value = profiles.attribute_value as is_in_profile
    from attributes
    inner join profiles on attributes.attribute_name = profiles.attribute
)

select * from final
