-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D46: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'facilitators'), 'facilitators', 'structure_code',
    key=['structure_code'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'structure_code': {'type': 'supplier', 'required': true},
        'headcount': {'type': 'integer'},
        'fte': {'type': 'etp'},
    }
) }}
