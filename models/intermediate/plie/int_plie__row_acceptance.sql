-- D1B: each delivered row with the reason why it is not accepted, if any.
{{ row_acceptance(
    {
        'participants': ref('stg_plie__participants'),
        'steps': ref('stg_plie__steps'),
        'exits': ref('stg_plie__exits'),
        'followups': ref('stg_plie__followups'),
    },
    ref('int_plie__years'),
    'plie_code'
) }}
