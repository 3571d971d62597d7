-- Each delivered hours row with what is known of its lot, its contract and its beneficiary, and its one reason for exclusion,
-- if any: what the door says, then D43, then D41 in its order. Nothing that was delivered is missing from here (D42).
with acceptance as (select * from {{ ref('int_clause__row_acceptance') }}),

procurements as (select * from {{ ref('stg_clause__procurements') }}),

beneficiaries as (select * from {{ ref('stg_clause__beneficiaries') }}),

work_contracts as (select * from {{ ref('stg_clause__work_contracts') }}),

hours as (select * from {{ ref('stg_clause__hours') }}),

years as (select * from {{ ref('int_clause__years') }}),

employer_types as (select * from {{ ref('employer_types') }}),

lots as (
    {{ accepted_rows('procurements', 'acceptance') }}
),

persons as (
    {{ accepted_rows('beneficiaries', 'acceptance') }}
),

contracts as (
    {{ accepted_rows('work_contracts', 'acceptance') }}
),

delivered as (
    select
        hours.*,
        acceptance.reason_code as acceptance_reason
    from hours
    inner join acceptance
        on
            hours.source_table = acceptance.source_table
            and hours.source_file = acceptance.source_file
            and hours.source_row = acceptance.source_row
),

-- D43 looks at the month of a contract as a whole, over its lots; hours below zero do not make up for others.
months as (
    select
        reporting_year,
        structure_code,
        work_contract_id,
        month,
        {{ hours_where('hours', 'hours > 0') }} as hours_of_month
    from delivered
    where acceptance_reason is null
    group by reporting_year, structure_code, work_contract_id, month
),

described as (
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
        lots.awardee_id,
        lots.awardee_type,
        contracts.employer_id,
        contracts.employer_type,
        contracts.contract_type,
        contracts.start_date as contract_start_date,
        contracts.end_date as contract_end_date,
        contracts.beneficiary_id,
        persons.eligibility_validated_on,
        persons.sex,
        persons.birth_year,
        persons.education_level,
        persons.jobseeker_months,
        persons.is_rsa,
        persons.is_disabled_worker,
        persons.is_qpv_resident,
        {{ add_months('delivered.month', 1) }} as next_month,
        {{ add_months('persons.eligibility_validated_on', 'years.clause_eligibility_months') }} as eligibility_ends_on,
        lots.lot_no is not null and contracts.work_contract_id is not null and persons.beneficiary_id is not null
            as is_linked,
        delivered.hours <= 0 or months.hours_of_month > years.max_monthly_hours as is_implausible,
        years.senior_min_age,
        years.young_max_age,
        years.unqualified_max_level,
        years.low_qualified_max_level,
        years.long_term_unemployed_months
    from delivered
    left join years on delivered.reporting_year = years.reporting_year
    left join months
        on
            delivered.reporting_year = months.reporting_year
            and delivered.structure_code = months.structure_code
            and delivered.work_contract_id = months.work_contract_id
            and delivered.month = months.month
    left join lots
        on
            delivered.structure_code = lots.structure_code
            and {{ same_lot('delivered', 'lots') }}
    left join contracts
        on
            delivered.reporting_year = contracts.reporting_year
            and delivered.structure_code = contracts.structure_code
            and delivered.work_contract_id = contracts.work_contract_id
    left join persons
        on
            contracts.reporting_year = persons.reporting_year
            and contracts.structure_code = persons.structure_code
            and contracts.beneficiary_id = persons.beneficiary_id
),

judged as (
    select
        *,
        extract(year from eligibility_validated_on) - birth_year as age_at_eligibility,
        case
            when acceptance_reason is not null then acceptance_reason
            when is_implausible then {{ reason('heures_invraisemblables') }}
            when extract(year from month) <> reporting_year then {{ reason('hors_annee') }}
            when not is_linked then {{ reason('orphelin') }}
            -- No day is in the month and in the contract: a contract that ends before it starts has no day at all.
            when
                greatest(month, contract_start_date) >= next_month
                or contract_end_date < greatest(month, contract_start_date)
                then {{ reason('hors_contrat') }}
            when eligibility_validated_on is null then {{ reason('eligibilite_absente') }}
            when eligibility_validated_on > contract_start_date then {{ reason('eligibilite_tardive') }}
            when month >= eligibility_ends_on then {{ reason('eligibilite_expiree') }}
            when proof is null then {{ reason('sans_justificatif') }}
        end as reason_code
    from described
),

final as (
    select
        judged.source_file,
        judged.source_row,
        judged.acceptance_reason is null as is_accepted,
        judged.reason_code,
        judged.reporting_year,
        judged.structure_code,
        judged.work_contract_id,
        judged.buyer_id,
        judged.procurement_id,
        judged.lot_no,
        judged.month,
        judged.hours,
        judged.reason_code is null as is_counted,
        judged.proof,
        judged.buyer_type,
        judged.nature,
        judged.awardee_id,
        judged.awardee_type,
        awardees.is_clause_iae as is_iae_awardee,
        awardees.is_clause_iae_geiq_rq as is_iae_geiq_rq_awardee,
        judged.employer_id,
        judged.employer_type,
        employers.is_clause_iae as is_iae_employer,
        employers.is_clause_iae_geiq_rq as is_iae_geiq_rq_employer,
        judged.contract_type,
        judged.contract_start_date,
        judged.contract_end_date,
        judged.beneficiary_id,
        judged.eligibility_validated_on,
        cast(judged.age_at_eligibility as integer) as age_at_eligibility,
        judged.sex,
        judged.birth_year,
        judged.education_level,
        judged.education_level <= judged.unqualified_max_level as is_unqualified,
        judged.education_level <= judged.low_qualified_max_level as is_low_qualified,
        judged.age_at_eligibility >= judged.senior_min_age as is_senior,
        judged.age_at_eligibility < judged.young_max_age as is_young,
        judged.jobseeker_months >= judged.long_term_unemployed_months as is_long_term_unemployed,
        judged.is_rsa,
        judged.is_disabled_worker,
        judged.is_qpv_resident
    from judged
    left join employer_types as employers on judged.employer_type = employers.employer_type
    left join employer_types as awardees on judged.awardee_type = awardees.employer_type
)

select * from final
