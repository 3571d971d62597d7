-- D43: accepted rows of hours that cannot be: no hours or fewer, or more in the month of a contract, over all its lots, than the
-- year's maximum. Hours below zero do not make up for others.
with acceptance as (select * from {{ ref('int_clause__row_acceptance') }}),

hours as (select * from {{ ref('stg_clause__hours') }}),

years as (select * from {{ ref('int_clause__years') }}),

accepted as (
    {{ accepted_rows('hours', 'acceptance') }}
),

with_month as (
    select
        source_file,
        source_row,
        reporting_year,
        hours,
        sum(greatest(hours, 0)) over (
            partition by reporting_year, structure_code, work_contract_id, month
        ) as hours_of_month
    from accepted
),

final as (
    select
        with_month.source_file,
        with_month.source_row
    from with_month
    inner join years using (reporting_year)
    where
        with_month.hours <= 0
        or with_month.hours_of_month > years.max_monthly_hours
)

select * from final
