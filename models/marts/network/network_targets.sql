-- D61: an objective for each year that it is for. Where two are for one year, the one that begins last replaces the other.
with targets as (select * from {{ ref('int_network__targets') }}),

years as (select * from {{ ref('int_network__years') }}),

with_place as (
    select
        years.reporting_year,
        targets.plie_code,
        targets.indicator_code,
        targets.from_year,
        targets.to_year,
        targets.target_value,
        row_number() over (
            partition by years.reporting_year, targets.plie_code, targets.indicator_code
            order by targets.from_year desc
        ) as place
    from targets
    inner join years on years.reporting_year between targets.from_year and targets.to_year
),

final as (
    select
        reporting_year,
        plie_code,
        indicator_code,
        from_year,
        to_year,
        target_value
    from with_place
    where place = 1
)

select * from final
