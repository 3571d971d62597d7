-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D20: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries', 'steps'), 'steps', 'plie_code',
    key=['step_id'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'plie_code': {'type': 'supplier', 'required': true},
        'participant_id': {'type': 'text', 'required': true},
        'parcours_no': {'type': 'integer', 'required': true},
        'step_id': {'type': 'text', 'required': true},
        'step_type': {'type': 'code', 'code_list': 'step_type', 'required': true},
        'start_date': {'type': 'date', 'required': true},
        'end_date': {'type': 'date'},
        'contract_type': {'type': 'code', 'code_list': 'contract_type'},
        'employer_type': {'type': 'code', 'code_list': 'employer_type'},
        'action_code': {'type': 'supplier'},
    }
) }}
