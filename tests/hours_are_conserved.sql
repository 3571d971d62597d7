-- D42: no hour is lost or made from the delivered text to the aggregates, to the hundredth, for each structure and year: staged =
-- counted + excluded by reason = facts + rows not accepted = aggregate, whose cuts each add up to the total.
with staged as (
    select
        reporting_year,
        structure_code,
        sum(hours) as hours_delivered,
        cast(null as decimal(38, 2)) as hours_counted
    from {{ ref('stg_clause__hours') }}
    where hours is not null
    group by reporting_year, structure_code
),

accounted as (
    select
        reporting_year,
        supplier_code as structure_code,
        sum(hours) as hours_delivered,
        sum(hours) filter (where outcome_code = {{ counted_outcome() }}) as hours_counted
    from {{ ref('clause_hours_accounting') }}
    group by reporting_year, supplier_code
),

facts as (
    select
        reporting_year,
        structure_code,
        sum(hours) as hours_accepted,
        sum(hours) filter (where is_counted) as hours_counted
    from {{ ref('fct_clause_hours') }}
    group by reporting_year, structure_code
),

not_accepted as (
    select
        hours.reporting_year,
        hours.structure_code,
        sum(hours.hours) as hours_not_accepted
    from {{ ref('stg_clause__hours') }} as hours
    inner join {{ ref('int_clause__row_acceptance') }} as acceptance using (source_table, source_file, source_row)
    where acceptance.reason_code is not null
    group by hours.reporting_year, hours.structure_code
),

by_structure as (
    select
        staged.reporting_year,
        staged.structure_code,
        staged.hours_delivered as staged_hours,
        coalesce(accounted.hours_delivered, 0) as accounted_hours,
        coalesce(facts.hours_accepted, 0) + coalesce(not_accepted.hours_not_accepted, 0) as hours_in_facts_or_not_accepted,
        coalesce(accounted.hours_counted, 0) as counted_in_accounting,
        coalesce(facts.hours_counted, 0) as counted_in_facts
    from staged
    left join accounted
        on
            staged.reporting_year = accounted.reporting_year
            and coalesce(staged.structure_code, {{ unknown_code() }}) = accounted.structure_code
    left join facts
        on
            staged.reporting_year = facts.reporting_year
            and staged.structure_code = facts.structure_code
    left join not_accepted
        on
            staged.reporting_year = not_accepted.reporting_year
            and staged.structure_code = not_accepted.structure_code
    where
        staged.reporting_year is not null
        and staged.structure_code is not null
),

aggregate as (
    select
        reporting_year,
        territory_code as structure_code,
        cut,
        sum(hours_delivered) as hours_delivered,
        sum(hours_counted) as hours_counted
    from {{ ref('clause_hours_etp') }}
    where territory_kind = 'structure'
    group by reporting_year, territory_code, cut
),

country as (
    select
        cut,
        reporting_year,
        sum(hours_delivered) as hours_delivered,
        sum(hours_counted) as hours_counted
    from {{ ref('clause_hours_etp') }}
    where territory_kind = 'national'
    group by reporting_year, cut
),

country_staged as (
    select
        by_structure.reporting_year,
        sum(by_structure.staged_hours) as hours_delivered,
        sum(by_structure.counted_in_facts) as hours_counted
    from by_structure
    inner join {{ ref('int_clause__years') }} using (reporting_year)
    group by by_structure.reporting_year
)

select
    'structure' as territory_kind,
    by_structure.reporting_year,
    by_structure.structure_code,
    aggregate.cut,
    by_structure.staged_hours,
    by_structure.accounted_hours,
    by_structure.hours_in_facts_or_not_accepted,
    aggregate.hours_delivered,
    by_structure.counted_in_accounting,
    by_structure.counted_in_facts,
    aggregate.hours_counted
from by_structure
left join aggregate using (reporting_year, structure_code)
where
    by_structure.staged_hours <> by_structure.accounted_hours
    or by_structure.staged_hours <> by_structure.hours_in_facts_or_not_accepted
    or by_structure.staged_hours <> aggregate.hours_delivered
    or by_structure.counted_in_accounting <> by_structure.counted_in_facts
    or by_structure.counted_in_accounting <> aggregate.hours_counted
union all
select
    'national' as territory_kind,
    country_staged.reporting_year,
    null as structure_code,
    country.cut,
    country_staged.hours_delivered as staged_hours,
    null as accounted_hours,
    null as hours_in_facts_or_not_accepted,
    country.hours_delivered,
    null as counted_in_accounting,
    country_staged.hours_counted as counted_in_facts,
    country.hours_counted
from country_staged
left join country using (reporting_year)
where
    country_staged.hours_delivered is distinct from country.hours_delivered
    or country_staged.hours_counted is distinct from country.hours_counted
