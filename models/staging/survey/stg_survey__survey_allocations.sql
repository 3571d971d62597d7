{{ stage_delivery(
    delivered_rows('survey_allocations'),
    'survey_allocations',
    ref('stg_reference__codes'),
    ref('stg_reference__code_maps')
) }}
