-- The ten buyers with the most ETP of a year: hours summed over the structures that follow them, ETP divided last (D40, D44).
with hours as (
    select *
    from {{ ref('fct_clause_hours') }}
    where is_counted
),

divisors as (
    select
        reporting_year,
        max(hours_per_etp) as hours_per_etp
    from {{ ref('clause_hours_etp') }}
    group by reporting_year
),

buyers as (
    select
        hours.reporting_year,
        hours.buyer_id,
        string_agg(distinct hours.buyer_type, ', ' order by hours.buyer_type) as buyer_types,
        count(distinct hours.structure_code) as structures,
        count(distinct hours.procurement_id) as procurements,
        cast(sum(hours.hours) as decimal(14, 2)) as hours_counted
    from hours
    group by hours.reporting_year, hours.buyer_id
)

select
    buyers.*,
    {{ etp('buyers.hours_counted', 'divisors.hours_per_etp') }} as etp,
    divisors.hours_per_etp
from buyers
inner join divisors using (reporting_year)
qualify
    row_number() over (
        partition by buyers.reporting_year
        order by buyers.hours_counted desc, buyers.buyer_id asc
    ) <= 10
order by buyers.reporting_year asc, buyers.hours_counted desc, buyers.buyer_id asc
