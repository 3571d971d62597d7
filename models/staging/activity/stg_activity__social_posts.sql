-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'social_posts'), 'social_posts', 'post_id',
    key=['post_id'],
    columns={
        'post_id': {'type': 'supplier', 'required': true},
        'network': {'type': 'code', 'code_list': 'social_network', 'required': true},
        'posted_on': {'type': 'date', 'required': true},
        'views': {'type': 'integer'},
    }
) }}
