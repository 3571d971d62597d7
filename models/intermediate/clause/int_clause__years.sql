-- D05: the delivered years whose parameters are all in force on 31 December. A year for which facilitators are declared is one
-- in which structures are expected to deliver.
{{ years_with_parameters(
    [
        ref('stg_clause__procurements'),
        ref('stg_clause__beneficiaries'),
        ref('stg_clause__work_contracts'),
        ref('stg_clause__hours'),
        ref('stg_network__facilitators'),
    ],
    {
        'hours_per_etp': 'decimal(14, 2)',
        'max_monthly_hours': 'decimal(14, 2)',
        'full_time_monthly_hours': 'decimal(14, 2)',
        'clause_eligibility_months': 'integer',
        'senior_min_age': 'integer',
        'young_max_age': 'integer',
        'unqualified_max_level': 'integer',
        'low_qualified_max_level': 'integer',
        'long_term_unemployed_months': 'integer',
    }
) }}
