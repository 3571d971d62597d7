-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D54: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_survey', 'survey_funding'), 'survey_funding', 'plie_code',
    key=['funder'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'plie_code': {'type': 'supplier', 'required': true},
        'funder': {'type': 'code', 'code_list': 'funder', 'required': true},
        'amount_eur': {'type': 'decimal', 'required': true},
    }
) }}
