{{ stage_delivery(
    delivered_rows('work_contracts'), 'work_contracts', ref('stg_reference__codes'), ref('stg_reference__code_maps')
) }}
