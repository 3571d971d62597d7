{{ stage_delivery(
    delivered_rows('beneficiaries'), 'beneficiaries', ref('stg_reference__codes'), ref('stg_reference__code_maps')
) }}
