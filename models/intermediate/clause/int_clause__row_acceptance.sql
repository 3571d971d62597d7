-- D1B: each delivered row with the reason why it is not accepted, if any.
{{ row_acceptance(
    {
        'procurements': ref('stg_clause__procurements'),
        'beneficiaries': ref('stg_clause__beneficiaries'),
        'work_contracts': ref('stg_clause__work_contracts'),
        'hours': ref('stg_clause__hours'),
        'procurement_companies': ref('stg_clause__procurement_companies'),
    },
    ref('int_clause__years'),
    'structure_code'
) }}
