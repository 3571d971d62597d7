-- Each accepted step with its one reason for exclusion, if any (D20 to D22), and its family (D23).
with acceptance as (select * from {{ ref('int_plie__row_acceptance') }}),

steps as (select * from {{ ref('stg_plie__steps') }}),

participants as (select * from {{ ref('stg_plie__participants') }}),

parcours as (select * from {{ ref('int_plie__parcours') }}),

step_types as (select * from {{ ref('step_types') }}),

step_families as (select * from {{ ref('step_families') }}),

employer_types as (select * from {{ ref('employer_types') }}),

contract_types as (select * from {{ ref('contract_types') }}),

years as (select * from {{ ref('int_plie__years') }}),

accepted as (
    {{ accepted_rows('steps', 'acceptance') }}
),

delivered_parcours as (
    {{ delivered_parcours('participants') }}
),

described as (
    select
        accepted.*,
        step_types.step_family as family_of_type,
        step_types.is_step,
        step_types.is_job,
        case when step_types.is_job then employer_types.is_iae end as is_iae,
        case when step_types.is_job then contract_types.is_aided end as is_aided,
        step_types.step_type is null as is_unknown
    from accepted
    left join step_types on accepted.step_type = step_types.step_type
    left join employer_types on accepted.employer_type = employer_types.employer_type
    left join contract_types on accepted.contract_type = contract_types.contract_type
),

-- D23: the family of a job follows from its employer first, its contract second; what is not known is not IAE, not aided.
families as (
    select
        described.*,
        step_families.step_family
    from described
    left join step_families
        on case
            when described.is_unknown then step_families.is_unknown
            when described.is_job
                then
                    step_families.is_job
                    and step_families.is_iae = coalesce(described.is_iae, false)
                    and coalesce(step_families.is_aided = coalesce(described.is_aided, false), true)
            else described.family_of_type = step_families.step_family
        end
),

final as (
    select
        families.source_file,
        families.source_row,
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
        end as reason_code,
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
        families.start_date,
        families.end_date
    from families
    inner join years on families.reporting_year = years.reporting_year
    left join delivered_parcours
        on {{ same_parcours('families', 'delivered_parcours') }}
    left join parcours
        on {{ same_parcours('families', 'parcours') }}
)

select * from final
