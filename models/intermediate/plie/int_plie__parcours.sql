-- Each accepted parcours with its one reason for exclusion, if any (D1A), whether it is an entry, an exit or in stock (D03),
-- and its profile: age at entry, senior, young (D30), levels (D31), long-term unemployed (D32), minimum income (D36), target
-- public (D37). D04 holds because an accepted parcours of the year is either in stock or an exit. Unknown is not no: SQL's own
-- "or" and "and" of three values say so.
with dated as (select * from {{ ref('int_plie__parcours_dated') }}),

overlapping as (select * from {{ ref('int_plie__parcours_overlaps') }}),

years as (select * from {{ ref('int_plie__years') }}),

with_reason as (
    select
        dated.*,
        years.year_start,
        years.year_end,
        years.senior_min_age,
        years.young_max_age,
        years.unqualified_max_level,
        years.low_qualified_max_level,
        years.long_term_unemployed_months,
        -- D59: a year of birth that makes an age which nobody enters at is unknown.
        case
            when
                extract(year from dated.entry_date) - dated.birth_year between years.entry_min_age and years.entry_max_age
                then extract(year from dated.entry_date) - dated.birth_year
        end as age_at_entry,
        case
            when not dated.is_in_year then {{ reason('hors_annee') }}
            when overlapping.parcours_no is not null then {{ reason('chevauchement') }}
        end as reason_code
    from dated
    inner join years using (reporting_year)
    left join overlapping using (reporting_year, plie_code, participant_id, parcours_no)
),

with_profile as (
    select
        *,
        education_level <= unqualified_max_level as is_unqualified,
        education_level <= low_qualified_max_level as is_low_qualified,
        age_at_entry >= senior_min_age as is_senior,
        age_at_entry < young_max_age as is_young,
        jobseeker_months >= long_term_unemployed_months as is_long_term_unemployed,
        is_rsa or is_other_minimum_income as receives_minimum_income
    from with_reason
),

with_young_low_qualified as (
    select
        *,
        is_young and is_low_qualified as is_young_low_qualified
    from with_profile
),

final as (
    select
        source_file,
        source_row,
        reason_code,
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        entry_date,
        exit_date,
        cast(age_at_entry as integer) as age_at_entry,
        sex,
        education_level,
        is_unqualified,
        is_low_qualified,
        is_senior,
        is_young,
        is_young_low_qualified,
        is_long_term_unemployed,
        is_rsa,
        is_other_minimum_income,
        receives_minimum_income,
        is_disabled_worker,
        is_qpv_resident,
        birth_year is not null and age_at_entry is null as has_implausible_age,
        birth_year,
        is_long_term_unemployed
        or is_senior
        or is_disabled_worker
        or receives_minimum_income
        or is_young_low_qualified as is_target_public,
        entry_date >= year_start and entry_date <= year_end as is_entry,
        coalesce(exit_date >= year_start and exit_date <= year_end, false) as is_exit,
        coalesce(exit_date > year_end, true) as is_in_stock,
        referent_id
    from with_young_low_qualified
)

select * from final
