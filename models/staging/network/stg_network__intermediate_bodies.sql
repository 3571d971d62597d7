-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'intermediate_bodies'), 'intermediate_bodies', 'oi_code',
    key=['plie_code'],
    columns={
        'oi_code': {'type': 'supplier', 'required': true},
        'plie_code': {'type': 'supplier', 'required': true},
    }
) }}
