-- Generated from the registry: change seeds/reference/activity_measures.csv and run `make contract`.
-- D70: what the registers of the head's own work give, for the country.
{{ activity_mart(
    'mde_equipment',
    {
        'houses': 'bigint',
        'houses_all': 'bigint',
    },
    {
        'share_of_houses': ['houses', 'houses_all', false],
    }
) }}
