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

ranked_at_cutoff as (
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
        case when described.exit_date <= cutoffs.cutoff_date then described.exit_date end as exit_date,
        row_number() over (
            partition by cutoffs.cutoff_date, described.plie_code, described.participant_id, described.parcours_no
            order by described.reporting_year desc
        ) as place
    from cutoffs
    inner join described
        on
            cutoffs.reporting_year >= described.reporting_year
            and cutoffs.cutoff_date >= described.entry_date
),

at_cutoff as (
    select *
    from ranked_at_cutoff
    where place = 1
),

final as (
    select
        programme_period,
        first_day,
        cutoff_date,
        plie_code,
        participant_id,
        parcours_no,
        esf_operation_id,
        source_file,
        source_row,
        entry_date,
        exit_date,
        coalesce({{ days_from_to('entry_date', 'exit_date') }} >= esf_min_stay_days, true) as is_long_enough,
        sex,
        age_at_entry,
        education_level,
        is_long_term_unemployed,
        is_disabled_worker,
        labour_status_at_entry,
        nationality_group,
        is_foreign_background,
        housing_status,
        is_rural,
        labour_status_at_exit,
        labour_status_on,
        qualification_obtained_on,
        -- A blank says "none" only where the PLIE fills the column at all.
        bool_or(esf_operation_id is not null) over (partition by cutoff_date, plie_code) as has_operations,
        bool_or(qualification_obtained_on is not null) over (partition by cutoff_date, plie_code) as has_qualifications,
        esf_adult_min_age,
        esf_middle_min_age,
        esf_senior_min_age,
        esf_low_level_max,
        esf_middle_level_max,
        esf_exit_status_days,
        esf_follow_up_months,
        esf_follow_up_window_days,
        reporting_year as delivery_year
    from at_cutoff
)

select * from final
