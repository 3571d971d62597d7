{{ door(
    {
        'clause_structures': ref('stg_network__clause_structures'),
        'facilitators': ref('stg_network__facilitators'),
    },
    ref('int_clause__years'),
    'structure_code',
    refused_as='source_table',
    registers=['clause_structures']
) }}
