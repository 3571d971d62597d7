-- Each accepted step with its one reason for exclusion, if any: D21 first, then the order of D22, whose last condition is D20.
with families as (select * from {{ ref('int_plie__step_families') }}),

participants as (select * from {{ ref('stg_plie__participants') }}),

parcours as (select * from {{ ref('int_plie__parcours') }}),

years as (select * from {{ ref('int_plie__years') }}),

delivered_parcours as (
    {{ delivered_parcours('participants') }}
),

final as (
    select
        families.source_file,
        families.source_row,
        families.reporting_year,
        families.plie_code,
        families.participant_id,
        families.parcours_no,
        families.step_id,
        families.step_type,
        families.step_family,
        families.is_job,
        families.is_iae,
        families.is_aided,
        families.contract_type,
        families.employer_type,
        families.action_code,
        families.start_date,
        families.end_date,
        case
            when not families.is_step then {{ reason('accompagnement') }}
            when delivered_parcours.parcours_no is null then {{ reason('orphelin') }}
            when parcours.parcours_no is null or parcours.reason_code is not null
                then {{ reason('parcours_exclu') }}
            when families.end_date < families.start_date then {{ reason('dates_inversees') }}
            when families.end_date < parcours.entry_date or families.start_date > parcours.exit_date
                then {{ reason('hors_parcours') }}
            when families.start_date > years.year_end or families.end_date < years.year_start
                then {{ reason('hors_annee') }}
        end as reason_code
    from families
    inner join years using (reporting_year)
    left join delivered_parcours using (reporting_year, plie_code, participant_id, parcours_no)
    left join parcours using (reporting_year, plie_code, participant_id, parcours_no)
)

select * from final
