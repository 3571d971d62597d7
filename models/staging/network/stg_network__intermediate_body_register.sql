-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D50: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'intermediate_body_register'), 'intermediate_body_register', 'oi_code',
    key=['oi_code'],
    columns={
        'oi_code': {'type': 'supplier', 'required': true},
        'name': {'type': 'text', 'required': true},
        'region_code': {'type': 'code', 'code_list': 'region'},
    }
) }}
