-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D31: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries', 'participants'), 'participants', 'plie_code',
    key=['participant_id', 'parcours_no'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'plie_code': {'type': 'supplier', 'required': true},
        'participant_id': {'type': 'text', 'required': true},
        'parcours_no': {'type': 'integer', 'required': true},
        'entry_date': {'type': 'date', 'required': true},
        'sex': {'type': 'code', 'code_list': 'sex'},
        'birth_year': {'type': 'year'},
        'education_level': {'type': 'education_level', 'code_list': 'education_level'},
        'jobseeker_months': {'type': 'integer'},
        'is_rsa': {'type': 'boolean', 'code_list': 'boolean'},
        'is_other_minimum_income': {'type': 'boolean', 'code_list': 'boolean'},
        'is_disabled_worker': {'type': 'boolean', 'code_list': 'boolean'},
        'is_qpv_resident': {'type': 'boolean', 'code_list': 'boolean'},
        'referent_id': {'type': 'text'},
        'esf_operation_id': {'type': 'text'},
        'labour_status_at_entry': {'type': 'code', 'code_list': 'labour_status'},
        'nationality_group': {'type': 'code', 'code_list': 'nationality_group'},
        'is_foreign_background': {'type': 'boolean', 'code_list': 'boolean'},
        'housing_status': {'type': 'code', 'code_list': 'housing_status'},
        'is_rural': {'type': 'boolean', 'code_list': 'boolean'},
    }
) }}
