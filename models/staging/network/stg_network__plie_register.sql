-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D50: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'plie_register'), 'plie_register', 'plie_code',
    key=['plie_code'],
    columns={
        'plie_code': {'type': 'supplier', 'required': true},
        'name': {'type': 'text', 'required': true},
        'town': {'type': 'text'},
        'department_code': {'type': 'code', 'code_list': 'department'},
        'opened_on': {'type': 'date'},
        'closed_on': {'type': 'date'},
        'latitude': {'type': 'decimal'},
        'longitude': {'type': 'decimal'},
    }
) }}
