-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D41: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_clause', 'work_contracts'), 'work_contracts', 'structure_code',
    key=['work_contract_id'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'structure_code': {'type': 'supplier', 'required': true},
        'work_contract_id': {'type': 'text', 'required': true},
        'beneficiary_id': {'type': 'text', 'required': true},
        'employer_id': {'type': 'text'},
        'employer_type': {'type': 'code', 'code_list': 'employer_type'},
        'contract_type': {'type': 'code', 'code_list': 'contract_type'},
        'start_date': {'type': 'date', 'required': true},
        'end_date': {'type': 'date'},
    }
) }}
