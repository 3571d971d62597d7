-- D47: profiles of the beneficiaries with counted hours, on all and on known values (D33).
with beneficiary_profiles as (select * from {{ ref('int_clause__beneficiary_profiles') }}),

deliveries as (select * from {{ ref('int_clause__deliveries') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

profiles as (
    select *
    from {{ ref('profiles') }}
    where is_for_clause
),

territories as (select * from {{ ref('int_clause__territories') }}),

counts as (
    select
        deliveries.reporting_year,
        deliveries.structure_code,
        profiles.profile,
        {{ count_where('beneficiary_profiles.is_in_profile') }} as beneficiaries_with,
        {{ count_where('beneficiary_profiles.is_in_profile is not null') }} as beneficiaries_known,
        cast(count(beneficiary_profiles.beneficiary_id) as bigint) as beneficiaries
    from deliveries
    cross join profiles
    left join beneficiary_profiles
        on
            deliveries.reporting_year = beneficiary_profiles.reporting_year
            and deliveries.structure_code = beneficiary_profiles.structure_code
            and profiles.profile = beneficiary_profiles.profile
    group by deliveries.reporting_year, deliveries.structure_code, profiles.profile
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'structure_code', ['profile'],
        ['beneficiaries_with', 'beneficiaries_known', 'beneficiaries']
    ) }}
),

with_rates as (
    select
        *,
        beneficiaries - beneficiaries_known as beneficiaries_unknown,
        {{ rate('beneficiaries_with', 'beneficiaries') }} as share_of_all,
        {{ rate('beneficiaries_with', 'beneficiaries_known') }} as share_of_known
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
