-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D72: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'action_sheets'), 'action_sheets', 'sheet_id',
    key=['sheet_id'],
    columns={
        'sheet_id': {'type': 'supplier', 'required': true},
        'plie_code': {'type': 'supplier'},
        'theme': {'type': 'code', 'code_list': 'action_theme', 'required': true},
        'title': {'type': 'text', 'required': true},
        'starts_on': {'type': 'date'},
        'ends_on': {'type': 'date'},
        'partners': {'type': 'text'},
    }
) }}
