-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D71: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'assistance_requests'), 'assistance_requests', 'request_id',
    key=['request_id'],
    columns={
        'request_id': {'type': 'supplier', 'required': true},
        'subject': {'type': 'code', 'code_list': 'assistance_subject', 'required': true},
        'kind': {'type': 'code', 'code_list': 'assistance_kind', 'required': true},
        'received_on': {'type': 'date', 'required': true},
        'closed_on': {'type': 'date'},
        'days': {'type': 'days'},
        'territory_code': {'type': 'text'},
        'territory_level': {'type': 'code', 'code_list': 'assisted_territory_level'},
        'expert_id': {'type': 'supplier'},
    }
) }}
