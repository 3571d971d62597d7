{{ stage_delivery(
    delivered_rows('procurements'), 'procurements', ref('stg_reference__codes'), ref('stg_reference__code_maps')
) }}
