{%- set totals = ['buyers', 'procurements', 'beneficiaries', 'work_contracts', 'employers'] -%}
-- D46: each total over the ETP of the facilitators, of the same structures: those whose delivery of the year is accepted and
-- whose ETP is known. The other structures are the difference between the two counts of structures. D44: shared procurements
-- count once.
with activity as (select * from {{ ref('int_clause__activity') }}),

deliveries as (
    select *
    from {{ ref('int_clause__deliveries') }}
    where is_accepted
),

years as (select * from {{ ref('int_clause__years') }}),

facilitators as (select * from {{ ref('int_network__facilitators') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_clause__territories') }}),

structures as (
    select
        deliveries.reporting_year,
        deliveries.structure_code,
        facilitators.headcount,
        facilitators.etp
    from deliveries
    left join facilitators using (reporting_year, structure_code)
),

counted as (
    select activity.*
    from activity
    inner join structures using (reporting_year, structure_code)
    where
        activity.is_counted
        and structures.etp is not null
),

structure_counts as (
    select
        reporting_year,
        structure_code,
        sum(hours_counted) as hours,
        count(distinct beneficiary_number) as beneficiaries,
        count(distinct work_contract_number) as work_contracts
    from counted
    group by reporting_year, structure_code
),

counts as (
    select
        structures.reporting_year,
        structures.structure_code,
        1 as structures,
        cast(structures.etp is not null as integer) as structures_with_etp,
        case when structures.etp is not null then structures.headcount end as facilitators_headcount,
        structures.etp as facilitators_etp,
        coalesce(structure_counts.hours, 0) as hours,
        coalesce(structure_counts.beneficiaries, 0) as beneficiaries,
        coalesce(structure_counts.work_contracts, 0) as work_contracts
    from structures
    left join structure_counts using (reporting_year, structure_code)
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'structure_code', [],
        ['structures', 'structures_with_etp', 'facilitators_headcount', 'beneficiaries', 'work_contracts'],
        decimals={'hours': 'decimal(14, 2)', 'facilitators_etp': 'decimal(14, 4)'}
    ) }}
),

counted_things as (
    select
        reporting_year,
        structure_code,
        buyer_number,
        procurement_number,
        employer_number
    from counted
    group by reporting_year, structure_code, buyer_number, procurement_number, employer_number
),

distincts as (
    {{ distinct_over_territories(
        'counted_things', 'territories', 'structure_code', [],
        {'procurements': 'procurement_number', 'buyers': 'buyer_number', 'employers': 'employer_number'}
    ) }}
),

with_distincts as (
    select
        summed.*,
        years.hours_per_etp,
        coalesce(distincts.procurements, 0) as procurements,
        coalesce(distincts.buyers, 0) as buyers,
        coalesce(distincts.employers, 0) as employers
    from summed
    inner join years using (reporting_year)
    left join distincts using (reporting_year, territory_kind, territory_code)
),

with_rates as (
    select
        *,
        {{ etp('hours', 'hours_per_etp') }} as etp,
        cast(facilitators_etp * hours_per_etp as decimal(18, 6)) as facilitators_etp_hours,
        {{ per_full_time('hours', 'facilitators_etp') }} as hours_per_facilitator_etp,
        {%- for total in totals %}
        {{ per_full_time(total, 'facilitators_etp') }} as {{ total }}_per_facilitator_etp,
        {%- endfor %}
        {{ etp_per_full_time('hours', 'hours_per_etp', 'facilitators_etp') }} as etp_per_facilitator_etp
    from with_distincts
),

final as (
    select
        with_rates.*,
        dim_territory.territory_name
    from with_rates
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
