-- D41: each delivered row of hours with its one reason for exclusion, if any: the row acceptance, then D43, then the
-- conditions of D41 in their order. Nothing that was delivered is missing from here (D42).
with linked as (select * from {{ ref('int_clause__hours_linked') }}),

years as (select * from {{ ref('int_clause__years') }}),

implausible as (select * from {{ ref('int_clause__implausible_hours') }}),

with_limits as (
    select
        linked.*,
        {{ add_months('linked.month', 1) }} as next_month,
        {{ add_months('linked.eligibility_validated_on', 'years.clause_eligibility_months') }} as eligibility_ends_on,
        implausible.source_row is not null as is_implausible
    from linked
    left join years using (reporting_year)
    left join implausible using (source_file, source_row)
),

with_reason as (
    select
        *,
        case
            when acceptance_reason is not null then acceptance_reason
            when is_implausible then {{ reason('heures_invraisemblables') }}
            when extract(year from month) <> reporting_year then {{ reason('hors_annee') }}
            when not is_linked then {{ reason('orphelin') }}
            -- No day is in the month and in the contract: a contract that ends before it starts has no day.
            when
                greatest(month, contract_start_date) >= next_month
                or contract_end_date < greatest(month, contract_start_date)
                then {{ reason('hors_contrat') }}
            when eligibility_validated_on is null then {{ reason('eligibilite_absente') }}
            when eligibility_validated_on > contract_start_date then {{ reason('eligibilite_tardive') }}
            when month >= eligibility_ends_on then {{ reason('eligibilite_expiree') }}
            when proof is null then {{ reason('sans_justificatif') }}
        end as reason_code
    from with_limits
),

final as (
    select
        acceptance_reason is null as is_accepted,
        reason_code is null as is_counted,
        source_file,
        source_row,
        reporting_year,
        structure_code,
        work_contract_id,
        buyer_id,
        procurement_id,
        lot_no,
        month,
        hours,
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
        birth_year,
        education_level,
        is_unqualified,
        is_low_qualified,
        is_senior,
        is_young,
        is_long_term_unemployed,
        is_rsa,
        is_disabled_worker,
        is_qpv_resident,
        reason_code
    from with_reason
)

select * from final
