-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D61: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_network', 'historical_results'), 'historical_results', 'indicator_code',
    key=['reporting_year', 'cut', 'cut_value'],
    columns={
        'reporting_year': {'type': 'year', 'required': true},
        'indicator_code': {'type': 'code', 'code_list': 'indicator', 'required': true},
        'cut': {'type': 'text', 'required': true},
        'cut_value': {'type': 'text', 'required': true},
        'value': {'type': 'decimal', 'required': true},
        'numerator': {'type': 'decimal'},
        'denominator': {'type': 'decimal'},
        'source': {'type': 'text', 'required': true},
    }
) }}
