-- Each lot of a year: hours committed, hours done by all the structures that follow it, and the part done. A lot runs over years:
-- what is done is done in the year, what is committed for the lot (D44).
with hours as (
    select
        reporting_year,
        buyer_id,
        procurement_id,
        lot_no,
        cast(sum(hours) as decimal(14, 2)) as hours_done
    from {{ ref('fct_clause_hours') }}
    where is_counted
    group by reporting_year, buyer_id, procurement_id, lot_no
),

deliveries as (select * from {{ ref('int_clause__deliveries') }}),

lots as (
    select
        procurements.reporting_year,
        procurements.buyer_id,
        procurements.procurement_id,
        procurements.lot_no,
        min(procurements.notified_on) as notified_on,
        max(procurements.hours_committed) as hours_committed,
        count(distinct procurements.structure_code) as structures
    from {{ ref('stg_clause__procurements') }} as procurements
    inner join deliveries using (reporting_year, structure_code)
    where
        procurements.defect is null
        and deliveries.is_accepted
    group by procurements.reporting_year, procurements.buyer_id, procurements.procurement_id, procurements.lot_no
)

select
    lots.*,
    coalesce(hours.hours_done, 0) as hours_done,
    {{ rate(hundredths('coalesce(hours.hours_done, 0)'), hundredths('lots.hours_committed')) }} as part_done
from lots
left join hours using (reporting_year, buyer_id, procurement_id, lot_no)
order by
    lots.reporting_year asc,
    lots.hours_committed desc nulls last,
    lots.buyer_id asc,
    lots.procurement_id asc,
    lots.lot_no asc
