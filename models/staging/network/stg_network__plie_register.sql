{{ stage_delivery(
    delivered_rows('plie_register', seed='delivered_plie_register'),
    'plie_register',
    ref('stg_reference__codes'),
    ref('stg_reference__code_maps')
) }}
