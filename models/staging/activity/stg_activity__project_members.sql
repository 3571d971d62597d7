-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'project_members'), 'project_members', 'project_id',
    key=['member_code'],
    columns={
        'project_id': {'type': 'supplier', 'required': true},
        'member_code': {'type': 'supplier', 'required': true},
        'country_code': {'type': 'text'},
    }
) }}
