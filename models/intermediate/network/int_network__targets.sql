-- D61: objectives of the agreements of the PLIE, as the last delivery that has any gives them. One for an indicator that is
-- none here is a finding for its code, and no objective.
with delivered as (select * from {{ ref('stg_network__targets') }}),

dispositions as (select * from {{ ref('int_network__row_dispositions') }}),

accepted as (
    {{ accepted_rows('delivered', 'dispositions') }}
),

final as (
    select
        plie_code,
        indicator_code,
        from_year,
        to_year,
        target_value
    from accepted
    where indicator_code is not null
    qualify delivery_year = max(delivery_year) over ()
)

select * from final
