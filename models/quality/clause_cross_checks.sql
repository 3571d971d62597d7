-- What a controller would ask of the hours that count: each finding with what was observed, what is expected, and a sentence
-- for the structure. No row is excluded for it. D44: a lot that several structures follow is one lot. D46: facilitators
-- without ETP.
with hours as (
    select *
    from {{ ref('int_clause__hours') }}
    where is_counted
),

procurements as (select * from {{ ref('stg_clause__procurements') }}),

activity as (select * from {{ ref('int_clause__activity') }}),

acceptance as (select * from {{ ref('int_clause__row_acceptance') }}),

deliveries as (
    select *
    from {{ ref('int_clause__deliveries') }}
    where is_accepted
),

years as (select * from {{ ref('int_clause__years') }}),

facilitators as (select * from {{ ref('int_network__facilitators') }}),

cross_checks as (select * from {{ ref('cross_checks') }}),

followed_lots as (
    {{ accepted_rows('procurements', 'acceptance') }}
),

-- One lot may be followed by several structures (D44): what they say of it, and what they did together.
lots as (
    select
        reporting_year,
        buyer_id,
        procurement_id,
        lot_no,
        max(hours_committed) as hours_committed,
        count(distinct buyer_type) > 1
        or count(distinct nature) > 1
        or count(distinct awardee_id) > 1
        or count(distinct awardee_type) > 1
        or count(distinct hours_committed) > 1 as is_contradictory,
        count(*) as structures
    from followed_lots
    group by reporting_year, buyer_id, procurement_id, lot_no
),

hours_of_lots as (
    select
        reporting_year,
        buyer_id,
        procurement_id,
        lot_no,
        {{ hours_sum('hours_counted') }} as hours_done
    from activity
    group by reporting_year, buyer_id, procurement_id, lot_no
),

lots_of_structures as (
    select
        followed_lots.reporting_year,
        followed_lots.structure_code,
        followed_lots.buyer_id || '/' || followed_lots.procurement_id || '/' || followed_lots.lot_no as subject,
        lots.hours_committed,
        lots.is_contradictory,
        lots.structures,
        coalesce(hours_of_lots.hours_done, 0) as hours_done
    from followed_lots
    inner join lots using (reporting_year, buyer_id, procurement_id, lot_no)
    left join hours_of_lots using (reporting_year, buyer_id, procurement_id, lot_no)
),

months_of_persons as (
    select
        reporting_year,
        structure_code,
        beneficiary_id,
        sex,
        birth_year,
        month,
        sum(hours) as hours_of_month
    from hours
    group by reporting_year, structure_code, beneficiary_id, sex, birth_year, month
),

-- A pseudonym identifies a person within its structure only. With the same sex and year of birth in two structures, it may be one
-- person.
shared_persons as (
    select
        reporting_year,
        beneficiary_id,
        sex,
        birth_year,
        month,
        count(*) as structures
    from months_of_persons
    where
        sex is not null
        and birth_year is not null
    group by reporting_year, beneficiary_id, sex, birth_year, month
    having count(*) > 1
),

employers_by_type as (
    select
        reporting_year,
        structure_code,
        employer_id,
        {{ one_of('is_iae_employer') }} as is_iae,
        sum(hours) as hours_done
    from hours
    where is_iae_employer is not null
    group by reporting_year, structure_code, employer_id
),

awardees_by_type as (
    select
        reporting_year,
        structure_code,
        awardee_id,
        {{ one_of('is_iae_awardee') }} as is_iae
    from hours
    where is_iae_awardee is not null
    group by reporting_year, structure_code, awardee_id
),

findings as (
    select
        reporting_year,
        structure_code,
        'lot_overrun' as check_name,
        subject,
        hours_done as observed,
        hours_committed as expected
    from lots_of_structures
    where hours_done > hours_committed

    union all

    select
        reporting_year,
        structure_code,
        'lot_without_hours' as check_name,
        subject,
        hours_done as observed,
        hours_committed as expected
    from lots_of_structures
    where
        hours_done = 0
        and hours_committed > 0

    union all

    select
        reporting_year,
        structure_code,
        'lot_without_commitment' as check_name,
        subject,
        hours_done as observed,
        null as expected
    from lots_of_structures
    where
        hours_done > 0
        and hours_committed is null

    union all

    select
        reporting_year,
        structure_code,
        'lot_described_differently' as check_name,
        subject,
        structures as observed,
        null as expected
    from lots_of_structures
    where is_contradictory

    union all

    select
        months_of_persons.reporting_year,
        months_of_persons.structure_code,
        'person_in_several_structures' as check_name,
        months_of_persons.beneficiary_id || '/' || {{ month_text('months_of_persons.month') }} as subject,
        shared_persons.structures as observed,
        1 as expected
    from months_of_persons
    inner join shared_persons using (reporting_year, beneficiary_id, sex, birth_year, month)

    union all

    select
        months_of_persons.reporting_year,
        months_of_persons.structure_code,
        'person_above_full_time' as check_name,
        months_of_persons.beneficiary_id || '/' || {{ month_text('months_of_persons.month') }} as subject,
        months_of_persons.hours_of_month as observed,
        years.full_time_monthly_hours as expected
    from months_of_persons
    inner join years using (reporting_year)
    where months_of_persons.hours_of_month > years.full_time_monthly_hours

    union all

    select
        reporting_year,
        structure_code,
        'iae_awardee_other_employer' as check_name,
        buyer_id || '/' || procurement_id || '/' || lot_no as subject,
        sum(hours) as observed,
        0 as expected
    from hours
    where
        is_iae_awardee
        and not is_iae_employer
    group by reporting_year, structure_code, buyer_id, procurement_id, lot_no

    union all

    select
        employers_by_type.reporting_year,
        employers_by_type.structure_code,
        'employer_and_awardee_differ' as check_name,
        employers_by_type.employer_id as subject,
        employers_by_type.hours_done as observed,
        null as expected
    from employers_by_type
    inner join awardees_by_type
        on
            employers_by_type.reporting_year = awardees_by_type.reporting_year
            and employers_by_type.structure_code = awardees_by_type.structure_code
            and employers_by_type.employer_id = awardees_by_type.awardee_id
    where employers_by_type.is_iae <> awardees_by_type.is_iae

    union all

    select
        deliveries.reporting_year,
        deliveries.structure_code,
        'structure_without_etp' as check_name,
        deliveries.structure_code as subject,
        null as observed,
        null as expected
    from deliveries
    left join facilitators using (reporting_year, structure_code)
    where facilitators.etp is null

    union all

    select
        facilitators.reporting_year,
        facilitators.structure_code,
        'facilitators_without_delivery' as check_name,
        facilitators.structure_code as subject,
        facilitators.etp as observed,
        null as expected
    from facilitators
    left join deliveries using (reporting_year, structure_code)
    where deliveries.structure_code is null
),

final as (
    select
        findings.reporting_year,
        findings.structure_code as supplier_code,
        cross_checks.cross_check_id,
        findings.subject,
        cast(findings.observed as decimal(14, 2)) as observed,
        cast(findings.expected as decimal(14, 2)) as expected,
        cross_checks.unit,
        cross_checks.rule_id,
        cross_checks.label_fr,
        cross_checks.explanation_fr,
        cross_checks.remedy_fr
    from findings
    left join cross_checks using (check_name)
)

select * from final
