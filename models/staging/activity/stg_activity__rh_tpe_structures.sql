-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'rh_tpe_structures'), 'rh_tpe_structures', 'structure_id',
    key=['structure_id'],
    columns={
        'structure_id': {'type': 'supplier', 'required': true},
        'starts_on': {'type': 'date'},
        'ends_on': {'type': 'date'},
        'uses_software': {'type': 'boolean', 'code_list': 'boolean'},
        'has_website': {'type': 'boolean', 'code_list': 'boolean'},
    }
) }}
