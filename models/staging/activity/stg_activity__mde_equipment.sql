-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'mde_equipment'), 'mde_equipment', 'mde_code',
    key=['item'],
    columns={
        'mde_code': {'type': 'supplier', 'required': true},
        'item': {'type': 'code', 'code_list': 'mde_item', 'required': true},
    }
) }}
