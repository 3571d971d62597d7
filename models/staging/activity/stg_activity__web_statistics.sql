-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'web_statistics'), 'web_statistics', 'page',
    key=['month'],
    columns={
        'page': {'type': 'code', 'code_list': 'web_page', 'required': true},
        'month': {'type': 'month', 'required': true},
        'visits': {'type': 'integer'},
    }
) }}
