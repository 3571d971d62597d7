{{ stage_delivery(ref('steps'), 'steps', ref('stg_reference__codes'), ref('stg_reference__code_maps')) }}
