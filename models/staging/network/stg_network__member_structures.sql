-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D52: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'member_structures'), 'member_structures', 'member_code',
    key=['structure_kind', 'structure_code'],
    columns={
        'member_code': {'type': 'supplier', 'required': true},
        'structure_kind': {'type': 'code', 'code_list': 'member_structure_kind', 'required': true},
        'structure_code': {'type': 'supplier', 'required': true},
    }
) }}
