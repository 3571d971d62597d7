{%- set measures = ['entries', 'exits', 'positive_exits', 'neutralised_exits', 'exits_excluding_neutralised'] -%}
-- D16: the rates of a profile are raw rates, on the exits of the persons of the profile (D33).
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
        {{ count_where('parcours_profiles.is_in_profile and not exits.is_neutralised') }} as exits_excluding_neutralised
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
        {{ rate('positive_exits', 'exits_excluding_neutralised') }} as positive_rate_neutralised
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
