{{ stage_delivery(
    delivered_rows('board_seats'),
    'board_seats',
    ref('stg_reference__codes'),
    ref('stg_reference__code_maps')
) }}
