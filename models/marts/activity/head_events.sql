-- Generated from the registry: change seeds/reference/activity_measures.csv and run `make contract`.
-- D70: what the registers of the head's own work give, for the country.
{{ activity_mart(
    'head_events',
    {
        'events': 'bigint',
        'participants': 'bigint',
        'events_with_attendance': 'bigint',
    },
    {
        'participants_per_event': ['participants', 'events_with_attendance', true],
    }
) }}
