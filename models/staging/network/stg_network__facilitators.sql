{{ stage_delivery(
    delivered_rows('facilitators'), 'facilitators', ref('stg_reference__codes'), ref('stg_reference__code_maps')
) }}
