-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'rh_tpe_activity'), 'rh_tpe_activity', 'structure_id',
    key=['month', 'kind'],
    columns={
        'structure_id': {'type': 'supplier', 'required': true},
        'month': {'type': 'month', 'required': true},
        'kind': {'type': 'code', 'code_list': 'rh_tpe_activity_kind', 'required': true},
        'activity_count': {'type': 'integer', 'required': true},
    }
) }}
