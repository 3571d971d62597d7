-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D58: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_survey', 'survey_external_referents'), 'survey_external_referents', 'plie_code',
    key=['employer_type'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'plie_code': {'type': 'supplier', 'required': true},
        'employer_type': {'type': 'code', 'code_list': 'operator_type', 'required': true},
        'headcount': {'type': 'integer'},
        'fte': {'type': 'etp'},
    }
) }}
