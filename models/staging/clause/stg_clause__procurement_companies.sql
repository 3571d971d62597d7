-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D45: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_clause', 'procurement_companies'), 'procurement_companies', 'structure_code',
    key=['buyer_id', 'procurement_id', 'lot_no', 'company_id'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'structure_code': {'type': 'supplier', 'required': true},
        'buyer_id': {'type': 'siret', 'required': true},
        'procurement_id': {'type': 'text', 'required': true},
        'lot_no': {'type': 'text', 'required': true},
        'company_id': {'type': 'text', 'required': true},
        'company_type': {'type': 'code', 'code_list': 'employer_type'},
        'role': {'type': 'code', 'code_list': 'company_role'},
    }
) }}
