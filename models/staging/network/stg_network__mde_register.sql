-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D50: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'mde_register'), 'mde_register', 'mde_code',
    key=['mde_code'],
    columns={
        'mde_code': {'type': 'supplier', 'required': true},
        'name': {'type': 'text', 'required': true},
        'department_code': {'type': 'code', 'code_list': 'department'},
        'opened_on': {'type': 'date'},
        'closed_on': {'type': 'date'},
        'town': {'type': 'text'},
        'latitude': {'type': 'decimal'},
        'longitude': {'type': 'decimal'},
    }
) }}
