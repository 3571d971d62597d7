-- Generated from the registry: change seeds/reference/activity_measures.csv and run `make contract`.
-- D70: what the registers of the head's own work give, for the country.
{{ activity_mart(
    'head_training',
    {
        'sessions': 'bigint',
        'trainees': 'bigint',
        'persons_trained': 'bigint',
        'new_modules': 'bigint',
        'base_levels': 'bigint',
        'answered': 'bigint',
        'satisfied_known': 'bigint',
        'satisfied': 'bigint',
        'recommend_known': 'bigint',
        'recommend': 'bigint',
        'trainees_all': 'bigint',
        'trainees_known': 'bigint',
    },
    {
        'share_satisfied': ['satisfied', 'satisfied_known', false],
        'share_recommend': ['recommend', 'recommend_known', false],
        'share_of_all': ['trainees', 'trainees_all', false],
        'share_of_known': ['trainees', 'trainees_known', false],
    }
) }}
