-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D70: one row per delivered row; what cannot be read is null, its text is kept.
{{ staged_delivery(
    source('deliveries_activity', 'events'), 'events', 'event_id',
    key=['event_id'],
    columns={
        'event_id': {'type': 'supplier', 'required': true},
        'kind': {'type': 'code', 'code_list': 'event_kind', 'required': true},
        'series': {'type': 'code', 'code_list': 'event_series'},
        'held_on': {'type': 'date', 'required': true},
        'mode': {'type': 'code', 'code_list': 'activity_mode'},
        'region_code': {'type': 'code', 'code_list': 'region'},
        'participants': {'type': 'integer'},
    }
) }}
