{{ stage_delivery(
    delivered_rows('members'),
    'members',
    ref('stg_reference__codes'),
    ref('stg_reference__code_maps')
) }}
