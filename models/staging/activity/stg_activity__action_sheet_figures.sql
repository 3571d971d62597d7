-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D72: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'action_sheet_figures'), 'action_sheet_figures', 'sheet_id',
    key=['line_no'],
    columns={
        'sheet_id': {'type': 'supplier', 'required': true},
        'line_no': {'type': 'integer', 'required': true},
        'label': {'type': 'text', 'required': true},
        'value': {'type': 'decimal', 'required': true},
        'unit': {'type': 'code', 'code_list': 'action_unit', 'required': true},
        'qualifier': {'type': 'text'},
        'counted_as': {'type': 'code', 'code_list': 'action_count'},
    }
) }}
