{{ stage_delivery(
    delivered_rows('clause_structures'), 'clause_structures', ref('stg_reference__codes'), ref('stg_reference__code_maps')
) }}
