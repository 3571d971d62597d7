-- D50: the coordinates of a seat count when both are known and lie in a part of France, overseas included. Others are a finding:
-- degrees that were swapped, a comma that moved, a place abroad.
with plie_register as (select * from {{ ref('stg_network__plie_register') }}),

mde_register as (select * from {{ ref('stg_network__mde_register') }}),

boxes as (select * from {{ ref('coordinate_boxes') }}),

seats as (
    {%- for register in ['plie_register', 'mde_register'] %}
    select
        source_table,
        source_file,
        source_row,
        delivered_latitude,
        delivered_longitude,
        latitude,
        longitude
    from {{ register }}
    where coalesce(delivered_latitude, delivered_longitude) is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        seats.source_table,
        seats.source_file,
        seats.source_row,
        seats.delivered_latitude,
        seats.delivered_longitude,
        seats.latitude,
        seats.longitude,
        count(boxes.latitude_min) > 0 as is_in_france
    from seats
    left join boxes
        on
            seats.latitude between boxes.latitude_min and boxes.latitude_max
            and seats.longitude between boxes.longitude_min and boxes.longitude_max
    group by
        seats.source_table,
        seats.source_file,
        seats.source_row,
        seats.delivered_latitude,
        seats.delivered_longitude,
        seats.latitude,
        seats.longitude
)

select * from final
