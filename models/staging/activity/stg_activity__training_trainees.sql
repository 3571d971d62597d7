-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'training_trainees'), 'training_trainees', 'session_id',
    key=['trainee_id'],
    columns={
        'session_id': {'type': 'supplier', 'required': true},
        'trainee_id': {'type': 'text', 'required': true},
        'structure_kind': {'type': 'code', 'code_list': 'trainee_structure_kind'},
        'attended': {'type': 'boolean', 'code_list': 'boolean'},
        'answered': {'type': 'boolean', 'code_list': 'boolean'},
        'satisfied': {'type': 'boolean', 'code_list': 'boolean'},
        'would_recommend': {'type': 'boolean', 'code_list': 'boolean'},
        'expectations_score': {'type': 'code', 'code_list': 'evaluation_score'},
        'objectives_score': {'type': 'code', 'code_list': 'evaluation_score'},
        'animation_score': {'type': 'code', 'code_list': 'evaluation_score'},
    }
) }}
