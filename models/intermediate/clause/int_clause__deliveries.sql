-- The structures and years that have figures, in years with parameters: at least one row is accepted (D1B), or hours were
-- delivered, which the accounting covers (D42) and no other figure does.
with acceptance as (select * from {{ ref('int_clause__row_acceptance') }}),

hours as (select * from {{ ref('int_clause__hours') }}),

years as (select * from {{ ref('int_clause__years') }}),

deliveries as (
    select
        reporting_year,
        supplier_code as structure_code,
        true as is_accepted
    from acceptance
    where reason_code is null
    union
    select
        reporting_year,
        structure_code,
        false as is_accepted
    from hours
    where
        hours is not null
        and structure_code is not null
),

final as (
    select
        deliveries.reporting_year,
        deliveries.structure_code,
        bool_or(deliveries.is_accepted) as is_accepted
    from deliveries
    inner join years using (reporting_year)
    group by deliveries.reporting_year, deliveries.structure_code
)

select * from final
