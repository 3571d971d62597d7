{%- set attributes = [
    'sex', 'is_long_term_unemployed', 'is_rsa', 'is_unqualified', 'is_low_qualified', 'is_senior', 'is_young',
    'is_disabled_worker', 'is_qpv_resident', 'is_young_low_qualified', 'receives_minimum_income', 'is_target_public',
] %}
-- D33: whether a parcours belongs to each profile: true, false, or null when it is not known. The reference list profiles
-- says which attribute of the parcours holds the answer, and with which value. A person of several parcours is counted with the
-- first of them (D35).
with parcours as (
    select
        *,
        {{ is_first_parcours() }} as is_first_of_person
    from {{ ref('int_plie__parcours') }}
    where reason_code is null
),

profiles as (select * from {{ ref('profiles') }}),

attributes as (
    {%- for attribute in attributes %}
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        is_entry,
        is_exit,
        is_first_of_person,
        '{{ attribute }}' as attribute_name,
        cast({{ attribute }} as {{ text_type() }}) as attribute_value
    from parcours
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        attributes.reporting_year,
        attributes.plie_code,
        attributes.participant_id,
        attributes.parcours_no,
        attributes.is_entry,
        attributes.is_exit,
        attributes.is_first_of_person,
        profiles.profile,
        attributes.attribute_value = profiles.attribute_value as is_in_profile
    from attributes
    inner join profiles on attributes.attribute_name = profiles.attribute
)

select * from final
