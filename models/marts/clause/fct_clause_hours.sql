-- D40, D41: the accepted rows of hours, counted or not.
with hours as (select * from {{ ref('int_clause__hours') }}),

final as (
    select
        reporting_year,
        structure_code,
        work_contract_id,
        buyer_id,
        procurement_id,
        lot_no,
        month,
        hours,
        is_counted,
        proof,
        buyer_type,
        nature,
        programme,
        awardee_id,
        awardee_type,
        is_iae_awardee,
        is_iae_geiq_rq_awardee,
        employer_id,
        employer_type,
        is_iae_employer,
        is_iae_geiq_rq_employer,
        contract_type,
        contract_start_date,
        contract_end_date,
        beneficiary_id,
        eligibility_validated_on,
        age_at_eligibility,
        sex,
        education_level,
        is_unqualified,
        is_low_qualified,
        is_senior,
        is_young,
        is_long_term_unemployed,
        is_rsa,
        is_disabled_worker,
        is_qpv_resident,
        reason_code as exclusion_reason
    from hours
    where is_accepted
)

select * from final
