{{ stage_delivery(
    delivered_rows('survey_partners', seed='delivered_survey_partners'),
    'survey_partners',
    ref('stg_reference__codes'),
    ref('stg_reference__code_maps')
) }}
