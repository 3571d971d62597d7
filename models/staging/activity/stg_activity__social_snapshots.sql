-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'social_snapshots'), 'social_snapshots', 'network',
    key=['observed_on'],
    columns={
        'network': {'type': 'code', 'code_list': 'social_network', 'required': true},
        'observed_on': {'type': 'date', 'required': true},
        'followers': {'type': 'integer'},
    }
) }}
