-- Each admitted exit beside its parcours: is there one, and does the exit come after the entry (D1A)?
with door as (select * from {{ ref('int_plie__door') }}),

participants as (select * from {{ ref('stg_plie__participants') }}),

exits as (select * from {{ ref('stg_plie__exits') }}),

admitted_exits as (
    {{ admitted_rows('exits', 'door') }}
),

delivered_parcours as (
    {{ delivered_parcours('participants') }}
),

final as (
    select
        admitted_exits.source_file,
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
        on {{ same_parcours('admitted_exits', 'delivered_parcours') }}
)

select * from final
