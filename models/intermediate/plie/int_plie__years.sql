-- D05: the delivered years whose parameters are all in force on 31 December.
{{ years_with_parameters(
    [ref('stg_plie__participants'), ref('stg_plie__steps'), ref('stg_plie__exits')],
    {
        'durable_job_min_months': 'integer',
        'job_validation_months': 'integer',
        'follow_up_months': 'integer',
        'follow_up_tolerance_days': 'integer',
        'training_long_months': 'integer',
        'training_validation_months': 'integer',
        'senior_min_age': 'integer',
        'young_max_age': 'integer',
        'unqualified_max_level': 'integer',
        'low_qualified_max_level': 'integer',
        'long_term_unemployed_months': 'integer',
        'entry_min_age': 'integer',
        'entry_max_age': 'integer',
        'esf_adult_min_age': 'integer',
        'esf_middle_min_age': 'integer',
        'esf_senior_min_age': 'integer',
        'caseload_min': 'integer',
        'caseload_max': 'integer',
        'duration_month_days': 'decimal(9, 4)',
        'duration_short_months': 'integer',
        'duration_middle_months': 'integer',
        'duration_long_months': 'integer',
    }
) }}
