-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'training_sessions'), 'training_sessions', 'session_id',
    key=['session_id'],
    columns={
        'session_id': {'type': 'supplier', 'required': true},
        'module': {'type': 'text', 'required': true},
        'theme': {'type': 'code', 'code_list': 'training_theme'},
        'level': {'type': 'code', 'code_list': 'training_level'},
        'is_new_module': {'type': 'boolean', 'code_list': 'boolean'},
        'organiser': {'type': 'code', 'code_list': 'training_organiser'},
        'mode': {'type': 'code', 'code_list': 'activity_mode'},
        'starts_on': {'type': 'date', 'required': true},
        'ends_on': {'type': 'date'},
    }
) }}
