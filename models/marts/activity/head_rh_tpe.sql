-- Generated from the registry: change seeds/reference/activity_measures.csv and run `make contract`.
-- D70, D71: what the registers of the head's own work give, for the country.
{{ activity_mart(
    'head_rh_tpe',
    {
        'structures': 'bigint',
        'software_users': 'bigint',
        'websites': 'bigint',
        'activity': 'bigint',
    }
) }}
