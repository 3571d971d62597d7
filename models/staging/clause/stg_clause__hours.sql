-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D40: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_clause', 'hours'), 'hours', 'structure_code',
    key=['work_contract_id', 'buyer_id', 'procurement_id', 'lot_no', 'month'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'structure_code': {'type': 'supplier', 'required': true},
        'work_contract_id': {'type': 'text', 'required': true},
        'buyer_id': {'type': 'siret', 'required': true},
        'procurement_id': {'type': 'text', 'required': true},
        'lot_no': {'type': 'text', 'required': true},
        'month': {'type': 'month', 'required': true},
        'hours': {'type': 'hours', 'required': true},
        'proof': {'type': 'code', 'code_list': 'proof'},
    }
) }}
