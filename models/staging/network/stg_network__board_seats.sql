-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D57: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'board_seats'), 'board_seats', 'seat_no',
    key=['seat_no'],
    columns={
        'seat_no': {'type': 'supplier', 'required': true},
        'member_code': {'type': 'supplier'},
        'is_bureau': {'type': 'boolean', 'code_list': 'boolean'},
    }
) }}
