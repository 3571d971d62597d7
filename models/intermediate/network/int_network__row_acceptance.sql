-- D1B: each delivered row with the reason why it is not accepted, if any.
{{ row_acceptance(
    {
        'clause_structures': ref('stg_network__clause_structures'),
        'facilitators': ref('stg_network__facilitators'),
        'plie_register': ref('stg_network__plie_register'),
        'mde_register': ref('stg_network__mde_register'),
        'members': ref('stg_network__members'),
        'member_structures': ref('stg_network__member_structures'),
        'intermediate_bodies': ref('stg_network__intermediate_bodies'),
        'board_seats': ref('stg_network__board_seats'),
        'intermediate_body_register': ref('stg_network__intermediate_body_register'),
        'historical_results': ref('stg_network__historical_results'),
        'targets': ref('stg_network__targets'),
    },
    ref('int_network__years'),
    {
        'clause_structures': 'structure_code',
        'facilitators': 'structure_code',
        'plie_register': 'plie_code',
        'mde_register': 'mde_code',
        'members': 'member_code',
        'member_structures': 'member_code',
        'intermediate_bodies': 'oi_code',
        'board_seats': 'seat_no',
        'intermediate_body_register': 'oi_code',
        'historical_results': 'upper(delivered_indicator_code)',
        'targets': 'plie_code',
    },
    refused_as='source_table',
    registers=[
        'clause_structures', 'plie_register', 'mde_register', 'members', 'member_structures', 'intermediate_bodies',
        'board_seats', 'intermediate_body_register', 'historical_results', 'targets',
    ]
) }}
