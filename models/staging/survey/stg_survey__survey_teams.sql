-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D54: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_survey', 'survey_teams'), 'survey_teams', 'plie_code',
    key=['team'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'plie_code': {'type': 'supplier', 'required': true},
        'team': {'type': 'code', 'code_list': 'team', 'required': true},
        'headcount': {'type': 'integer'},
        'fte': {'type': 'etp'},
        'employer_type': {'type': 'code', 'code_list': 'operator_type'},
    }
) }}
