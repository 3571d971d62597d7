{{ stage_delivery(delivered_rows('participants'), 'participants', ref('stg_reference__codes'), ref('stg_reference__code_maps')) }}
