-- D1A: each accepted exit with the reason why it cannot be linked to its parcours: no such parcours, or an exit before the entry.
with acceptance as (select * from {{ ref('int_plie__row_acceptance') }}),

participants as (select * from {{ ref('stg_plie__participants') }}),

exits as (select * from {{ ref('stg_plie__exits') }}),

accepted_exits as (
    {{ accepted_rows('exits', 'acceptance') }}
),

delivered_parcours as (
    {{ delivered_parcours('participants') }}
),

final as (
    select
        accepted_exits.source_file,
        accepted_exits.source_row,
        accepted_exits.reporting_year,
        accepted_exits.plie_code,
        accepted_exits.participant_id,
        accepted_exits.parcours_no,
        accepted_exits.exit_date,
        accepted_exits.exit_reason,
        accepted_exits.contract_type,
        accepted_exits.contract_start_date,
        accepted_exits.contract_end_date,
        accepted_exits.validated_on,
        accepted_exits.employer_category,
        accepted_exits.naf_section,
        accepted_exits.training_start_date,
        accepted_exits.training_end_date,
        accepted_exits.is_certifying,
        case
            when delivered_parcours.parcours_no is null then {{ reason('orphelin') }}
            when accepted_exits.exit_date < delivered_parcours.entry_date then {{ reason('sortie_avant_entree') }}
        end as link_reason
    from accepted_exits
    left join delivered_parcours using (reporting_year, plie_code, participant_id, parcours_no)
)

select * from final
