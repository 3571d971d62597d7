-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D83: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries', 'followups'), 'followups', 'plie_code',
    key=['participant_id', 'parcours_no', 'observed_on'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'plie_code': {'type': 'supplier', 'required': true},
        'participant_id': {'type': 'text', 'required': true},
        'parcours_no': {'type': 'integer', 'required': true},
        'observed_on': {'type': 'date', 'required': true},
        'labour_status': {'type': 'code', 'code_list': 'labour_status'},
        'is_improved': {'type': 'boolean', 'code_list': 'boolean'},
    }
) }}
