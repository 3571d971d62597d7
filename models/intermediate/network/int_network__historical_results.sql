-- D61: results of years whose rows no longer exist, as the last delivery that has any gives them. One of an indicator that is
-- none here is a finding for its code, and no result.
with delivered as (select * from {{ ref('stg_network__historical_results') }}),

dispositions as (select * from {{ ref('int_network__row_dispositions') }}),

accepted as (
    {{ accepted_rows('delivered', 'dispositions') }}
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
    from accepted
    where indicator_code is not null
    qualify delivery_year = max(delivery_year) over ()
)

select * from final
