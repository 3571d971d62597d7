-- Generated from the registry: change seeds/reference/activity_measures.csv and run `make contract`.
-- D70: what the registers of the head's own work give, for the country.
{{ activity_mart(
    'head_communication',
    {
        'visits': 'bigint',
        'months': 'bigint',
        'followers': 'bigint',
        'posts': 'bigint',
        'posts_seen': 'bigint',
        'inquiries': 'bigint',
        'answers': 'bigint',
        'asked_counted': 'bigint',
        'answers_counted': 'bigint',
    },
    {
        'answer_rate': ['answers_counted', 'asked_counted', false],
    }
) }}
