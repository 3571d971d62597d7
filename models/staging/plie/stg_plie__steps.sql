{{ stage_delivery(delivered_rows('steps'), 'steps', ref('stg_reference__codes'), ref('stg_reference__code_maps')) }}
