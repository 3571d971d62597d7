{{ stage_delivery(ref('participants'), 'participants', ref('stg_reference__codes'), ref('stg_reference__code_maps')) }}
