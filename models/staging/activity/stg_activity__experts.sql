-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D71: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'experts'), 'experts', 'expert_id',
    key=['expert_id'],
    columns={
        'expert_id': {'type': 'supplier', 'required': true},
        'subject': {'type': 'code', 'code_list': 'expert_subject', 'required': true},
        'is_internal': {'type': 'boolean', 'code_list': 'boolean'},
        'starts_on': {'type': 'date'},
        'ends_on': {'type': 'date'},
    }
) }}
