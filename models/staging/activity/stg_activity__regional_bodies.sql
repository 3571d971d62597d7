-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'regional_bodies'), 'regional_bodies', 'body_code',
    key=['body_code'],
    columns={
        'body_code': {'type': 'supplier', 'required': true},
        'name': {'type': 'text'},
        'region_code': {'type': 'code', 'code_list': 'region'},
        'status': {'type': 'code', 'code_list': 'regional_body_status'},
    }
) }}
