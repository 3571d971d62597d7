-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'projects'), 'projects', 'project_id',
    key=['project_id'],
    columns={
        'project_id': {'type': 'supplier', 'required': true},
        'kind': {'type': 'code', 'code_list': 'project_kind', 'required': true},
        'partner': {'type': 'text'},
        'starts_on': {'type': 'date'},
        'ends_on': {'type': 'date'},
    }
) }}
