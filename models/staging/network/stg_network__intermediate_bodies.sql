{{ stage_delivery(
    delivered_rows('intermediate_bodies'),
    'intermediate_bodies',
    ref('stg_reference__codes'),
    ref('stg_reference__code_maps')
) }}
