-- D23: each accepted step with its family. The family of a job follows from its employer first, its contract second; what is not
-- known is not IAE, not aided. Both attributes are kept.
with acceptance as (select * from {{ ref('int_plie__row_acceptance') }}),

steps as (select * from {{ ref('stg_plie__steps') }}),

step_types as (select * from {{ ref('step_types') }}),

step_families as (select * from {{ ref('step_families') }}),

employer_types as (select * from {{ ref('employer_types') }}),

contract_types as (select * from {{ ref('contract_types') }}),

accepted as (
    {{ accepted_rows('steps', 'acceptance') }}
),

with_attributes as (
    select
        accepted.*,
        step_types.step_family as family_of_type,
        step_types.is_step,
        step_types.is_job,
        case when step_types.is_job then employer_types.is_iae end as is_iae,
        case when step_types.is_job then contract_types.is_aided end as is_aided,
        step_types.step_type is null as is_unknown
    from accepted
    left join step_types using (step_type)
    left join employer_types using (employer_type)
    left join contract_types using (contract_type)
),

final as (
    select
        with_attributes.source_file,
        with_attributes.source_row,
        with_attributes.reporting_year,
        with_attributes.plie_code,
        with_attributes.participant_id,
        with_attributes.parcours_no,
        with_attributes.step_id,
        with_attributes.step_type,
        step_families.step_family,
        with_attributes.is_step,
        with_attributes.is_job,
        with_attributes.is_iae,
        with_attributes.is_aided,
        with_attributes.contract_type,
        with_attributes.employer_type,
        with_attributes.action_code,
        with_attributes.start_date,
        with_attributes.end_date
    from with_attributes
    left join step_families
        on case
            when with_attributes.is_unknown then step_families.is_unknown
            when with_attributes.is_job
                then
                    step_families.is_job
                    and step_families.is_iae = coalesce(with_attributes.is_iae, false)
                    and coalesce(step_families.is_aided = coalesce(with_attributes.is_aided, false), true)
            else with_attributes.family_of_type = step_families.step_family
        end
)

select * from final
