{%- set measures = [
    'entries', 'exits', 'positive_exits', 'neutralised_exits', 'exits_excluding_neutralised',
    'persons_in_parcours', 'persons_known', 'persons_total',
] -%}
-- D16: the rates of a profile are raw rates, on the exits of the persons of the profile (D33). Persons in parcours, too, are in
-- several profiles: their shares are on all and on known values.
with parcours_profiles as (select * from {{ ref('int_plie__parcours_profiles') }}),

exits as (select * from {{ ref('fct_exits') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

profiles as (select * from {{ ref('profiles') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

-- Parcours outside the profile are kept and not counted: a profile without persons is a count of zero.
counts as (
    select
        parcours_profiles.reporting_year,
        parcours_profiles.plie_code,
        parcours_profiles.profile,
        {{ count_where('parcours_profiles.is_in_profile and parcours_profiles.is_entry') }} as entries,
        {{ count_where('parcours_profiles.is_in_profile and parcours_profiles.is_exit') }} as exits,
        {{ count_where('parcours_profiles.is_in_profile and exits.is_positive') }} as positive_exits,
        {{ count_where('parcours_profiles.is_in_profile and exits.is_neutralised') }} as neutralised_exits,
        {{ count_where('parcours_profiles.is_in_profile and not exits.is_neutralised') }} as exits_excluding_neutralised,
        {{ count_where('parcours_profiles.is_first_of_person and parcours_profiles.is_in_profile') }} as persons_in_parcours,
        {{ count_where('parcours_profiles.is_first_of_person and parcours_profiles.is_in_profile is not null') }}
            as persons_known,
        {{ count_where('parcours_profiles.is_first_of_person') }} as persons_total
    from parcours_profiles
    left join exits using (reporting_year, plie_code, participant_id, parcours_no)
    group by parcours_profiles.reporting_year, parcours_profiles.plie_code, parcours_profiles.profile
),

summed as (
    {{ sum_over_territories('counts', 'territories', 'plie_code', ['profile'], measures) }}
),

with_rates as (
    select
        *,
        -- D15, D16: the raw rate, and without neutralised exits (D14).
        {{ rate('positive_exits', 'exits') }} as positive_rate_raw,
        {{ rate('positive_exits', 'exits_excluding_neutralised') }} as positive_rate_neutralised,
        {{ rate('persons_in_parcours', 'persons_total') }} as share_of_persons,
        {{ rate('persons_in_parcours', 'persons_known') }} as share_of_known_persons
    from summed
),

final as (
    select
        with_rates.*,
        dim_territory.territory_name,
        profiles.label_fr as profile_label_fr
    from with_rates
    left join dim_territory using (territory_kind, territory_code)
    left join profiles using (profile)
)

select * from final
