{{ stage_delivery(
    delivered_rows('survey_funding'),
    'survey_funding',
    ref('stg_reference__codes'),
    ref('stg_reference__code_maps')
) }}
