-- The national row counted again from the facts, by another road than the aggregate's: no bridge, no sum over structures (D40,
-- D44, D47). A marché that several structures follow is one.
with facts as (
    select
        reporting_year,
        count(distinct structure_code || '/' || beneficiary_id) as beneficiaries,
        count(distinct structure_code || '/' || work_contract_id) as work_contracts,
        count(distinct buyer_id || '/' || procurement_id) as procurements,
        count(distinct buyer_id) as buyers,
        count(distinct employer_id) as employers,
        sum(hours) as hours_counted
    from {{ ref('fct_clause_hours') }}
    where is_counted
    group by reporting_year
),

profiles as (
    select
        reporting_year,
        max(beneficiaries) as beneficiaries,
        min(beneficiaries) as fewest_beneficiaries
    from {{ ref('clause_beneficiary_profile') }}
    where territory_kind = 'national'
    group by reporting_year
),

divisors as (
    select * from {{ ref('int_clause__years') }}
),

aggregate as (
    select *
    from {{ ref('clause_hours_etp') }}
    where
        territory_kind = 'national'
        and cut = {{ total_cut() }}
)

select
    facts.reporting_year,
    facts.hours_counted,
    aggregate.hours_counted as aggregate_hours,
    aggregate.etp,
    facts.beneficiaries,
    aggregate.beneficiaries as aggregate_beneficiaries,
    profiles.beneficiaries as profile_beneficiaries,
    facts.work_contracts,
    aggregate.work_contracts as aggregate_contracts,
    facts.procurements,
    aggregate.procurements as aggregate_procurements,
    facts.buyers,
    aggregate.buyers as aggregate_buyers,
    facts.employers,
    aggregate.employers as aggregate_employers
from facts
left join aggregate on facts.reporting_year = aggregate.reporting_year
left join profiles on facts.reporting_year = profiles.reporting_year
left join divisors on facts.reporting_year = divisors.reporting_year
where
    facts.hours_counted is distinct from aggregate.hours_counted
    or aggregate.hours_per_etp is distinct from divisors.hours_per_etp
    or facts.beneficiaries is distinct from aggregate.beneficiaries
    or facts.beneficiaries is distinct from profiles.beneficiaries
    or facts.beneficiaries is distinct from profiles.fewest_beneficiaries
    or facts.work_contracts is distinct from aggregate.work_contracts
    or facts.procurements is distinct from aggregate.procurements
    or facts.buyers is distinct from aggregate.buyers
    or facts.employers is distinct from aggregate.employers
