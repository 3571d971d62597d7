-- Generated from the registry: change seeds/reference/activity_measures.csv and run `make contract`.
-- D70: what the registers of the head's own work give, for the country.
{{ activity_mart(
    'head_projects',
    {
        'projects': 'bigint',
        'members': 'bigint',
        'countries': 'bigint',
        'posts': 'bigint',
        'regional_bodies': 'bigint',
    }
) }}
