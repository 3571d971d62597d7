-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D54: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_survey', 'survey_partners'), 'survey_partners', 'plie_code',
    key=['plie_code'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'plie_code': {'type': 'supplier', 'required': true},
        'partner_companies': {'type': 'integer', 'required': true},
    }
) }}
