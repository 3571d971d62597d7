-- D61: results of years whose rows no longer exist, as the last delivery that has any gives them. One of an indicator that is
-- none here is a finding for its code, and no result.
with delivered as (select * from {{ ref('stg_network__historical_results') }}),

dispositions as (select * from {{ ref('int_network__row_dispositions') }}),

accepted as (
    {{ accepted_rows('delivered', 'dispositions') }}
),

with_last_delivery as (
    select
        *,
        max(delivery_year) over () as last_delivery_year
    from accepted
    where indicator_code is not null
),

final as (
    select
        reporting_year,
        indicator_code,
        cut,
        cut_value,
        value,
        numerator,
        denominator,
        source
    from with_last_delivery
    where delivery_year = last_delivery_year
)

select * from final
