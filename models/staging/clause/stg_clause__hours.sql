{{ stage_delivery(
    delivered_rows('hours'), 'hours', ref('stg_reference__codes'), ref('stg_reference__code_maps')
) }}
