-- D33: profiles of those who entered. Each share is on all and on known values, with the number of unknown ones.
with parcours_profiles as (select * from {{ ref('int_plie__parcours_profiles') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

profiles as (select * from {{ ref('profiles') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

counts as (
    select
        reporting_year,
        plie_code,
        profile,
        {{ count_where('is_entry and is_in_profile') }} as entries_with,
        {{ count_where('is_entry and is_in_profile is not null') }} as entries_known,
        {{ count_where('is_entry and is_in_profile is null') }} as entries_unknown,
        {{ count_where('is_entry') }} as entries
    from parcours_profiles
    group by reporting_year, plie_code, profile
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'plie_code', ['profile'],
        ['entries_with', 'entries_known', 'entries_unknown', 'entries']
    ) }}
),

with_rates as (
    select
        *,
        {{ rate('entries_with', 'entries') }} as share_of_all,
        {{ rate('entries_with', 'entries_known') }} as share_of_known
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
