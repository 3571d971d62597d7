{{ stage_delivery(
    delivered_rows('mde_register'),
    'mde_register',
    ref('stg_reference__codes'),
    ref('stg_reference__code_maps')
) }}
