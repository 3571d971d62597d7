-- D80: each person once per operation of the ESF+, by cut-off date: from the first entry to the last exit, and no exit while a
-- stay is open. D81: what the person is counted as, with the values of the first entry; unknown is not no. D85: five of the
-- values are sensitive, and private.
with stays as (select * from {{ ref('int_plie__esf_stays') }}),

statuses as (select * from {{ ref('labour_statuses') }}),

esf_codes as (select * from {{ ref('esf_codes') }}),

counted_stays as (
    select
        *,
        row_number() over (
            partition by cutoff_date, plie_code, esf_operation_id, participant_id
            order by entry_date, parcours_no
        ) as from_first,
        row_number() over (
            partition by cutoff_date, plie_code, esf_operation_id, participant_id
            order by exit_date desc nulls first, parcours_no desc
        ) as from_last
    from stays
    where
        esf_operation_id is not null
        and is_long_enough
),

last_stays as (
    select *
    from counted_stays
    where from_last = 1
),

final as (
    select
        first_stays.programme_period,
        first_stays.cutoff_date,
        first_stays.plie_code,
        first_stays.esf_operation_id,
        first_stays.participant_id,
        first_stays.source_file,
        first_stays.source_row,
        first_stays.entry_date as first_entry_date,
        first_stays.parcours_no as first_parcours_no,
        last_stays.parcours_no as last_parcours_no,
        last_stays.exit_date as last_exit_date,
        last_stays.labour_status_at_exit,
        coalesce(last_stays.labour_status_on, last_stays.exit_date) as labour_status_on,
        last_stays.qualification_obtained_on,
        last_stays.has_qualifications,
        first_stays.entry_date >= first_stays.first_day as is_in_programme,
        coalesce(first_stays.sex, {{ unknown_code() }}) as sex,
        statuses.is_unemployed,
        statuses.is_unemployed and first_stays.is_long_term_unemployed as is_long_term,
        statuses.is_inactive,
        statuses.is_employed,
        first_stays.age_at_entry < first_stays.esf_adult_min_age as is_minor,
        first_stays.age_at_entry >= first_stays.esf_adult_min_age
        and first_stays.age_at_entry < first_stays.esf_middle_min_age as is_young,
        first_stays.age_at_entry >= first_stays.esf_senior_min_age as is_older,
        first_stays.education_level <= first_stays.esf_low_level_max as has_low_level,
        first_stays.education_level > first_stays.esf_low_level_max
        and first_stays.education_level <= first_stays.esf_middle_level_max as has_middle_level,
        first_stays.education_level > first_stays.esf_middle_level_max as has_high_level,
        first_stays.is_disabled_worker as is_disabled,
        nationalities.is_counted as is_third_country,
        first_stays.is_foreign_background as has_foreign_background,
        housing.is_counted as is_homeless,
        first_stays.is_rural,
        first_stays.esf_exit_status_days,
        first_stays.esf_follow_up_months,
        first_stays.esf_follow_up_window_days,
        first_stays.delivery_year
    from counted_stays as first_stays
    inner join last_stays using (cutoff_date, plie_code, esf_operation_id, participant_id)
    left join statuses on first_stays.labour_status_at_entry = statuses.labour_status
    left join esf_codes as nationalities
        on
            nationalities.code_list = 'nationality_group'
            and first_stays.nationality_group = nationalities.code
    left join esf_codes as housing
        on
            housing.code_list = 'housing_status'
            and first_stays.housing_status = housing.code
    where first_stays.from_first = 1
)

select * from final
