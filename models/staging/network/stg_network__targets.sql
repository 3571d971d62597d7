-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D61: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'targets'), 'targets', 'plie_code',
    key=['indicator_code', 'from_year'],
    columns={
        'plie_code': {'type': 'supplier', 'required': true},
        'indicator_code': {'type': 'code', 'code_list': 'indicator', 'required': true},
        'from_year': {'type': 'year', 'required': true},
        'to_year': {'type': 'year', 'required': true},
        'target_value': {'type': 'decimal', 'required': true},
    }
) }}
