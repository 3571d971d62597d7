-- D83: each accepted observation after a parcours, with the reason why it cannot be linked to it, if any. A parcours that ended
-- last year is not delivered again: that of any year up to the observation's own will do.
with acceptance as (select * from {{ ref('int_plie__row_acceptance') }}),

participants as (select * from {{ ref('stg_plie__participants') }}),

parcours as (select * from {{ ref('int_plie__parcours') }}),

followups as (select * from {{ ref('stg_plie__followups') }}),

accepted as (
    {{ accepted_rows('followups', 'acceptance') }}
),

delivered_parcours as (
    {{ delivered_parcours('participants') }}
),

kept_parcours as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        entry_date
    from parcours
    where reason_code is null
),

delivered_since as (
    select
        plie_code,
        participant_id,
        parcours_no,
        min(reporting_year) as first_year
    from delivered_parcours
    group by plie_code, participant_id, parcours_no
),

-- The last delivery up to the year of the observation says when the parcours began.
ranked as (
    select
        accepted.source_file,
        accepted.source_row,
        accepted.reporting_year,
        accepted.plie_code,
        accepted.participant_id,
        accepted.parcours_no,
        accepted.observed_on,
        accepted.labour_status,
        accepted.is_improved,
        kept_parcours.entry_date,
        coalesce(delivered_since.first_year <= accepted.reporting_year, false) as is_delivered,
        row_number() over (
            partition by accepted.source_file, accepted.source_row
            order by kept_parcours.reporting_year desc nulls last
        ) as place
    from accepted
    left join delivered_since using (plie_code, participant_id, parcours_no)
    left join kept_parcours
        on
            accepted.plie_code = kept_parcours.plie_code
            and accepted.participant_id = kept_parcours.participant_id
            and accepted.parcours_no = kept_parcours.parcours_no
            and accepted.reporting_year >= kept_parcours.reporting_year
),

linked as (
    select *
    from ranked
    where place = 1
),

final as (
    select
        source_file,
        source_row,
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        observed_on,
        labour_status,
        is_improved,
        case
            when not is_delivered then {{ reason('orphelin') }}
            when entry_date is null then {{ reason('parcours_exclu') }}
            when observed_on < entry_date then {{ reason('suivi_avant_entree') }}
        end as reason_code
    from linked
)

select * from final
