-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D54: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_survey', 'survey_allocations'), 'survey_allocations', 'plie_code',
    key=['operator_type', 'operation_type'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'plie_code': {'type': 'supplier', 'required': true},
        'operator_type': {'type': 'code', 'code_list': 'operator_type', 'required': true},
        'operation_type': {'type': 'code', 'code_list': 'operation_type', 'required': true},
        'amount_eur': {'type': 'decimal', 'required': true},
    }
) }}
