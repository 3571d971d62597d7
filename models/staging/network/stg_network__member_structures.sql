{{ stage_delivery(
    delivered_rows('member_structures'),
    'member_structures',
    ref('stg_reference__codes'),
    ref('stg_reference__code_maps')
) }}
