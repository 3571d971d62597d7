-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D50: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'clause_structures'), 'clause_structures', 'structure_code',
    key=['structure_code'],
    columns={
        'structure_code': {'type': 'supplier', 'required': true},
        'name': {'type': 'text', 'required': true},
        'structure_kind': {'type': 'text'},
        'department_code': {'type': 'code', 'code_list': 'department'},
        'opened_on': {'type': 'date'},
        'closed_on': {'type': 'date'},
    }
) }}
