-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D53: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'members'), 'members', 'member_code',
    key=['member_code'],
    columns={
        'member_code': {'type': 'supplier', 'required': true},
        'name': {'type': 'text', 'required': true},
        'membership': {'type': 'code', 'code_list': 'membership'},
        'member_type': {'type': 'code', 'code_list': 'member_type'},
        'region_code': {'type': 'code', 'code_list': 'region'},
        'joined_on': {'type': 'date'},
        'left_on': {'type': 'date'},
        'is_employer_member': {'type': 'boolean', 'code_list': 'boolean'},
    }
) }}
