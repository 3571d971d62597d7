-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D03: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries', 'exits'), 'exits', 'plie_code',
    key=['participant_id', 'parcours_no'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'plie_code': {'type': 'supplier', 'required': true},
        'participant_id': {'type': 'text', 'required': true},
        'parcours_no': {'type': 'integer', 'required': true},
        'exit_date': {'type': 'date', 'required': true},
        'exit_reason': {'type': 'code', 'code_list': 'exit_reason', 'required': true},
        'contract_type': {'type': 'code', 'code_list': 'contract_type'},
        'contract_start_date': {'type': 'date'},
        'contract_end_date': {'type': 'date'},
        'validated_on': {'type': 'date'},
        'employer_category': {'type': 'code', 'code_list': 'employer_category'},
        'naf_section': {'type': 'code', 'code_list': 'naf_section'},
        'training_start_date': {'type': 'date'},
        'training_end_date': {'type': 'date'},
        'is_certifying': {'type': 'boolean', 'code_list': 'boolean'},
        'labour_status_at_exit': {'type': 'code', 'code_list': 'labour_status'},
        'labour_status_on': {'type': 'date'},
        'qualification_obtained_on': {'type': 'date'},
    }
) }}
