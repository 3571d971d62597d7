-- D61: objectives of the agreements of the PLIE, as the last delivery that has any gives them. One for an indicator that is
-- none here is a finding for its code, and no objective.
with delivered as (select * from {{ ref('stg_network__targets') }}),

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
        plie_code,
        indicator_code,
        from_year,
        to_year,
        target_value
    from with_last_delivery
    where delivery_year = last_delivery_year
)

select * from final
