-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'inquiries'), 'inquiries', 'inquiry_id',
    key=['inquiry_id'],
    columns={
        'inquiry_id': {'type': 'supplier', 'required': true},
        'kind': {'type': 'code', 'code_list': 'inquiry_kind', 'required': true},
        'theme': {'type': 'code', 'code_list': 'inquiry_theme'},
        'launched_on': {'type': 'date', 'required': true},
        'asked': {'type': 'integer'},
        'answers': {'type': 'integer'},
    }
) }}
