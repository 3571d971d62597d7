{{ stage_delivery(
    delivered_rows('survey_teams'),
    'survey_teams',
    ref('stg_reference__codes'),
    ref('stg_reference__code_maps')
) }}
