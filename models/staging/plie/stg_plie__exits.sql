{{ stage_delivery(delivered_rows('exits'), 'exits', ref('stg_reference__codes'), ref('stg_reference__code_maps')) }}
