{{ config(materialized='view') }}
-- Each delivered row of hours with its lot, its contract and its beneficiary, where they are accepted rows of the same year, and
-- D45: whether its employer and its awardee are of the IAE. Each delivered row is here, accepted or not (D42).
with acceptance as (select * from {{ ref('int_clause__row_acceptance') }}),

procurements as (select * from {{ ref('stg_clause__procurements') }}),

work_contracts as (select * from {{ ref('stg_clause__work_contracts') }}),

hours as (select * from {{ ref('stg_clause__hours') }}),

beneficiaries as (select * from {{ ref('int_clause__beneficiaries') }}),

employer_types as (select * from {{ ref('employer_types') }}),

lots as (
    {{ accepted_rows('procurements', ref('int_clause__row_acceptance')) }}
),

contracts as (
    {{ accepted_rows('work_contracts', ref('int_clause__row_acceptance')) }}
),

delivered as (
    select
        hours.*,
        acceptance.reason_code as acceptance_reason
    from hours
    inner join acceptance using (source_table, source_file, source_row)
),

final as (
    select
        delivered.source_file,
        delivered.source_row,
        delivered.acceptance_reason,
        delivered.reporting_year,
        delivered.structure_code,
        delivered.work_contract_id,
        delivered.buyer_id,
        delivered.procurement_id,
        delivered.lot_no,
        delivered.month,
        delivered.hours,
        delivered.proof,
        lots.buyer_type,
        lots.nature,
        lots.programme,
        lots.awardee_id,
        lots.awardee_type,
        awardees.is_clause_iae as is_iae_awardee,
        awardees.is_clause_iae_geiq_rq as is_iae_geiq_rq_awardee,
        contracts.employer_id,
        contracts.employer_type,
        employers.is_clause_iae as is_iae_employer,
        employers.is_clause_iae_geiq_rq as is_iae_geiq_rq_employer,
        contracts.contract_type,
        contracts.start_date as contract_start_date,
        contracts.end_date as contract_end_date,
        contracts.beneficiary_id,
        beneficiaries.eligibility_validated_on,
        beneficiaries.age_at_eligibility,
        beneficiaries.sex,
        beneficiaries.birth_year,
        beneficiaries.education_level,
        beneficiaries.is_unqualified,
        beneficiaries.is_low_qualified,
        beneficiaries.is_senior,
        beneficiaries.is_young,
        beneficiaries.is_long_term_unemployed,
        beneficiaries.is_rsa,
        beneficiaries.is_disabled_worker,
        beneficiaries.is_qpv_resident,
        lots.lot_no is not null and contracts.work_contract_id is not null and beneficiaries.beneficiary_id is not null
            as is_linked
    from delivered
    left join lots using (structure_code, reporting_year, buyer_id, procurement_id, lot_no)
    left join contracts using (reporting_year, structure_code, work_contract_id)
    left join beneficiaries
        on
            delivered.reporting_year = beneficiaries.reporting_year
            and delivered.structure_code = beneficiaries.structure_code
            and contracts.beneficiary_id = beneficiaries.beneficiary_id
    left join employer_types as employers on contracts.employer_type = employers.employer_type
    left join employer_types as awardees on lots.awardee_type = awardees.employer_type
)

select * from final
