-- Each admitted exit beside its parcours: is there one, and does the exit come after the entry (D1A)?
with door as (select * from {{ ref('int_plie__door') }}),

participants as (select * from {{ ref('stg_plie__participants') }}),

exits as (select * from {{ ref('stg_plie__exits') }}),

admitted_exits as (
    select exits.*
    from exits
    inner join door
        on
            exits.source_table = door.source_table
            and exits.source_row = door.source_row
    where door.reason_code is null
),

-- A parcours row with an unreadable entry date still shows that the parcours exists: its exit is not an orphan.
delivered_parcours as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        max(entry_date) as entry_date
    from participants
    where parcours_no is not null
    group by reporting_year, plie_code, participant_id, parcours_no
),

final as (
    select
        admitted_exits.source_row,
        admitted_exits.reporting_year,
        admitted_exits.plie_code,
        admitted_exits.participant_id,
        admitted_exits.parcours_no,
        admitted_exits.exit_date,
        admitted_exits.exit_reason,
        admitted_exits.contract_type,
        admitted_exits.contract_start_date,
        admitted_exits.contract_end_date,
        admitted_exits.validated_on,
        admitted_exits.employer_category,
        admitted_exits.naf_section,
        admitted_exits.training_start_date,
        admitted_exits.training_end_date,
        admitted_exits.is_certifying,
        case
            when delivered_parcours.parcours_no is null then {{ reason('orphelin') }}
            when admitted_exits.exit_date < delivered_parcours.entry_date then {{ reason('sortie_avant_entree') }}
        end as link_reason
    from admitted_exits
    left join delivered_parcours
        on
            admitted_exits.reporting_year = delivered_parcours.reporting_year
            and admitted_exits.plie_code = delivered_parcours.plie_code
            and admitted_exits.participant_id = delivered_parcours.participant_id
            and admitted_exits.parcours_no = delivered_parcours.parcours_no
)

select * from final
