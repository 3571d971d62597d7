-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D44: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_clause', 'procurements'), 'procurements', 'structure_code',
    key=['buyer_id', 'procurement_id', 'lot_no'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'structure_code': {'type': 'supplier', 'required': true},
        'buyer_id': {'type': 'siret', 'required': true},
        'procurement_id': {'type': 'text', 'required': true},
        'lot_no': {'type': 'text', 'required': true},
        'buyer_type': {'type': 'code', 'code_list': 'buyer_type'},
        'nature': {'type': 'code', 'code_list': 'nature'},
        'awardee_id': {'type': 'text'},
        'awardee_type': {'type': 'code', 'code_list': 'employer_type'},
        'notified_on': {'type': 'date'},
        'hours_committed': {'type': 'hours'},
        'programme': {'type': 'code', 'code_list': 'programme'},
    }
) }}
