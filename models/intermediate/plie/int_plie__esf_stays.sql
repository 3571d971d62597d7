-- D80: each parcours that began by a cut-off date, as the last delivery up to the year of that date has it, and whether it is a
-- stay in an operation of the ESF+: one of a day or less is none. D84: the cut-off dates are those of the programme, and the one
-- that is asked for (esf_date).
with parcours as (select * from {{ ref('int_plie__parcours') }}),

participants as (select * from {{ ref('stg_plie__participants') }}),

exits as (select * from {{ ref('int_plie__exits') }}),

delivered_exits as (select * from {{ ref('stg_plie__exits') }}),

years as (select * from {{ ref('int_plie__years') }}),

programmes as (select * from {{ ref('esf_programmes') }}),

cutoff_dates as (
    select
        reporting_year,
        {{ day_before(add_months('year_start', 'esf_months_between_cutoffs')) }} as cutoff_date
    from years
    union
    select
        reporting_year,
        year_end as cutoff_date
    from years
    {%- if var('esf_date', none) %}
    union
    select
        max(reporting_year) as reporting_year,
        cast('{{ var("esf_date") }}' as date) as cutoff_date
    from years
    where year_start <= cast('{{ var("esf_date") }}' as date)
    having count(*) > 0
    {%- endif %}
),

cutoffs as (
    select
        programmes.programme_period,
        programmes.first_day,
        cutoff_dates.cutoff_date,
        years.*
    from cutoff_dates
    inner join years using (reporting_year)
    inner join programmes on cutoff_dates.cutoff_date between programmes.first_day and programmes.last_day
),

kept_exits as (
    select
        exits.reporting_year,
        exits.plie_code,
        exits.participant_id,
        exits.parcours_no,
        delivered_exits.labour_status_at_exit,
        delivered_exits.labour_status_on,
        delivered_exits.qualification_obtained_on
    from exits
    inner join delivered_exits using (source_file, source_row)
    where exits.reason_code is null
),

described as (
    select
        parcours.*,
        participants.esf_operation_id,
        participants.labour_status_at_entry,
        participants.nationality_group,
        participants.is_foreign_background,
        participants.housing_status,
        participants.is_rural,
        kept_exits.labour_status_at_exit,
        kept_exits.labour_status_on,
        kept_exits.qualification_obtained_on
    from parcours
    inner join participants using (source_file, source_row)
    left join kept_exits on {{ same_parcours('parcours', 'kept_exits') }}
    where parcours.reason_code is null
),

-- Which delivery speaks of a parcours, decided on its key alone: all columns of every year at once need much memory.
last_delivered as (
    select
        cutoffs.cutoff_date,
        described.plie_code,
        described.participant_id,
        described.parcours_no,
        max(described.reporting_year) as reporting_year
    from cutoffs
    inner join described
        on
            cutoffs.reporting_year >= described.reporting_year
            and cutoffs.cutoff_date >= described.entry_date
    group by cutoffs.cutoff_date, described.plie_code, described.participant_id, described.parcours_no
),

at_cutoff as (
    select
        cutoffs.programme_period,
        cutoffs.first_day,
        cutoffs.cutoff_date,
        cutoffs.esf_min_stay_days,
        cutoffs.esf_adult_min_age,
        cutoffs.esf_middle_min_age,
        cutoffs.esf_senior_min_age,
        cutoffs.esf_low_level_max,
        cutoffs.esf_middle_level_max,
        cutoffs.esf_exit_status_days,
        cutoffs.esf_follow_up_months,
        cutoffs.esf_follow_up_window_days,
        described.reporting_year,
        described.plie_code,
        described.participant_id,
        described.parcours_no,
        described.esf_operation_id,
        described.source_file,
        described.source_row,
        described.entry_date,
        described.sex,
        described.age_at_entry,
        described.education_level,
        described.is_long_term_unemployed,
        described.is_disabled_worker,
        described.labour_status_at_entry,
        described.nationality_group,
        described.is_foreign_background,
        described.housing_status,
        described.is_rural,
        described.labour_status_at_exit,
        described.labour_status_on,
        described.qualification_obtained_on,
        case when described.exit_date <= cutoffs.cutoff_date then described.exit_date end as exit_date
    from last_delivered
    inner join described on {{ same_parcours('last_delivered', 'described') }}
    inner join cutoffs on last_delivered.cutoff_date = cutoffs.cutoff_date
),

-- A blank says "none" only where the PLIE fills the column at all.
filled as (
    select
        cutoff_date,
        plie_code,
        bool_or(esf_operation_id is not null) as has_operations,
        bool_or(qualification_obtained_on is not null) as has_qualifications
    from at_cutoff
    group by cutoff_date, plie_code
),

final as (
    select
        at_cutoff.programme_period,
        at_cutoff.first_day,
        at_cutoff.cutoff_date,
        at_cutoff.plie_code,
        at_cutoff.participant_id,
        at_cutoff.parcours_no,
        at_cutoff.esf_operation_id,
        at_cutoff.source_file,
        at_cutoff.source_row,
        at_cutoff.entry_date,
        at_cutoff.exit_date,
        coalesce(
            {{ days_from_to('at_cutoff.entry_date', 'at_cutoff.exit_date') }} >= at_cutoff.esf_min_stay_days, true
        ) as is_long_enough,
        at_cutoff.sex,
        at_cutoff.age_at_entry,
        at_cutoff.education_level,
        at_cutoff.is_long_term_unemployed,
        at_cutoff.is_disabled_worker,
        at_cutoff.labour_status_at_entry,
        at_cutoff.nationality_group,
        at_cutoff.is_foreign_background,
        at_cutoff.housing_status,
        at_cutoff.is_rural,
        at_cutoff.labour_status_at_exit,
        at_cutoff.labour_status_on,
        at_cutoff.qualification_obtained_on,
        filled.has_operations,
        filled.has_qualifications,
        at_cutoff.esf_adult_min_age,
        at_cutoff.esf_middle_min_age,
        at_cutoff.esf_senior_min_age,
        at_cutoff.esf_low_level_max,
        at_cutoff.esf_middle_level_max,
        at_cutoff.esf_exit_status_days,
        at_cutoff.esf_follow_up_months,
        at_cutoff.esf_follow_up_window_days,
        at_cutoff.reporting_year as delivery_year
    from at_cutoff
    inner join filled
        on at_cutoff.cutoff_date = filled.cutoff_date and at_cutoff.plie_code = filled.plie_code
)

select * from final
