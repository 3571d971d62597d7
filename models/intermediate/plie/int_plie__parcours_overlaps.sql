-- D1A: the parcours of a person and year are taken in order of entry date, then number. One is kept when it begins no
-- earlier than the day on which the last kept one ended; an excluded one no longer counts against those that follow,
-- so that this needs recursion: a window cannot do it.
with recursive parcours as (
    select *
    from {{ ref('int_plie__parcours_dated') }}
    where is_in_year
),

ranked as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        entry_date,
        exit_date,
        row_number() over (
            partition by reporting_year, plie_code, participant_id
            order by entry_date, parcours_no
        ) as rank_in_person,
        count(*) over (partition by reporting_year, plie_code, participant_id) as parcours_of_person
    from parcours
),

-- Nearly everyone has one parcours in the year; only the others need the recursion.
several as (
    select *
    from ranked
    where parcours_of_person > 1
),

walk as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        rank_in_person,
        exit_date as kept_until,
        false as is_overlapping
    from several
    where rank_in_person = 1

    union all

    select
        several.reporting_year,
        several.plie_code,
        several.participant_id,
        several.parcours_no,
        several.rank_in_person,
        case
            when coalesce(several.entry_date >= walk.kept_until, false) then several.exit_date
            else walk.kept_until
        end as kept_until,
        not coalesce(several.entry_date >= walk.kept_until, false) as is_overlapping
    from walk
    inner join several
        on
            walk.reporting_year = several.reporting_year
            and walk.plie_code = several.plie_code
            and walk.participant_id = several.participant_id
            and walk.rank_in_person + 1 = several.rank_in_person
),

final as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no
    from walk
    where is_overlapping
)

select * from final
