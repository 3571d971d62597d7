-- What becomes of those who live in a QPV: exits, positive exits and raw rate of the profile and of all (D16), and
-- the residents among the beneficiaries of the clause (D47).
with outcomes as (
    select *
    from {{ ref('plie_outcomes') }}
    where territory_kind = 'national'
),

profile_outcomes as (
    select *
    from {{ ref('plie_outcomes_by_profile') }}
    where
        territory_kind = 'national'
        and profile = 'qpv'
),

beneficiaries as (
    select *
    from {{ ref('clause_beneficiary_profile') }}
    where
        territory_kind = 'national'
        and profile = 'qpv'
)

select
    outcomes.reporting_year,
    profile_outcomes.exits as exits_of_residents,
    profile_outcomes.positive_exits as positive_exits_of_residents,
    profile_outcomes.positive_rate_raw as raw_rate_of_residents,
    outcomes.exits,
    outcomes.positive_exits,
    outcomes.positive_rate_raw as raw_rate,
    beneficiaries.beneficiaries_with as residents_in_the_clause,
    beneficiaries.beneficiaries_known,
    beneficiaries.share_of_known
from outcomes
inner join profile_outcomes using (reporting_year)
left join beneficiaries using (reporting_year)
order by outcomes.reporting_year
