-- D82: each participation that is over: the situation within the days after leaving, of which the last change counts, and a
-- qualification gained by then. D83: the situation six calendar months after leaving, from the first observation of that day or
-- soon after; what was hired, and when, plays no part in it.
with participations as (select * from {{ ref('int_plie__esf_participations') }}),

followups as (select * from {{ ref('int_plie__followups') }}),

statuses as (select * from {{ ref('labour_statuses') }}),

leavers as (
    select
        *,
        {{ plus_days('last_exit_date', 'esf_exit_status_days') }} as last_status_day,
        {{ add_months('last_exit_date', 'esf_follow_up_months') }} as follow_up_date,
        {{ plus_days(add_months('last_exit_date', 'esf_follow_up_months'), 'esf_follow_up_window_days') }} as last_follow_up_day
    from participations
    where last_exit_date is not null
),

followed as (
    select
        leavers.cutoff_date,
        leavers.plie_code,
        leavers.esf_operation_id,
        leavers.participant_id,
        leavers.last_exit_date,
        leavers.last_status_day,
        leavers.follow_up_date,
        leavers.last_follow_up_day,
        followups.observed_on,
        followups.labour_status,
        followups.is_improved,
        true as is_followup,
        row_number() over (
            partition by
                leavers.cutoff_date,
                leavers.plie_code,
                leavers.esf_operation_id,
                leavers.participant_id,
                followups.observed_on
            order by followups.reporting_year desc
        ) as place
    from leavers
    inner join followups
        on
            leavers.plie_code = followups.plie_code
            and leavers.participant_id = followups.participant_id
            and leavers.last_parcours_no = followups.parcours_no
    where
        followups.reason_code is null
        and followups.observed_on <= leavers.cutoff_date
        and followups.reporting_year <= extract(year from leavers.cutoff_date)
),

-- An observation that is delivered again replaces the earlier one.
observations as (
    select
        cutoff_date,
        plie_code,
        esf_operation_id,
        participant_id,
        last_exit_date,
        last_status_day,
        follow_up_date,
        last_follow_up_day,
        observed_on,
        labour_status,
        is_improved,
        is_followup
    from followed
    where place = 1
    union all
    select
        cutoff_date,
        plie_code,
        esf_operation_id,
        participant_id,
        last_exit_date,
        last_status_day,
        follow_up_date,
        last_follow_up_day,
        labour_status_on as observed_on,
        labour_status_at_exit as labour_status,
        cast(null as boolean) as is_improved,
        false as is_followup
    from leavers
    where labour_status_on <= cutoff_date
),

-- The last change counts; of two on one day, that of the exit.
ranked_exit_statuses as (
    select
        *,
        row_number() over (
            partition by cutoff_date, plie_code, esf_operation_id, participant_id
            order by observed_on desc, is_followup asc
        ) as place
    from observations
    where
        labour_status is not null
        and observed_on between last_exit_date and last_status_day
),

exit_statuses as (
    select *
    from ranked_exit_statuses
    where place = 1
),

ranked_later_statuses as (
    select
        *,
        row_number() over (
            partition by cutoff_date, plie_code, esf_operation_id, participant_id
            order by observed_on
        ) as place
    from observations
    where
        is_followup
        and (labour_status is not null or is_improved is not null)
        and observed_on between follow_up_date and last_follow_up_day
),

later_statuses as (
    select *
    from ranked_later_statuses
    where place = 1
),

final as (
    select
        leavers.cutoff_date,
        leavers.plie_code,
        leavers.esf_operation_id,
        leavers.participant_id,
        leavers.follow_up_date <= leavers.cutoff_date as is_due,
        at_exit.is_unemployed as left_job_seeking,
        at_exit.is_in_training as left_in_training,
        at_exit.is_employed as left_employed,
        case
            when leavers.qualification_obtained_on is not null
                then
                    leavers.qualification_obtained_on between leavers.first_entry_date
                    and least(leavers.last_status_day, leavers.cutoff_date)
            when leavers.has_qualifications then false
        end as left_qualified,
        later.is_employed as later_employed,
        later_statuses.is_improved as later_improved
    from leavers
    left join exit_statuses using (cutoff_date, plie_code, esf_operation_id, participant_id)
    left join later_statuses using (cutoff_date, plie_code, esf_operation_id, participant_id)
    left join statuses as at_exit on exit_statuses.labour_status = at_exit.labour_status
    left join statuses as later on later_statuses.labour_status = later.labour_status
)

select * from final
