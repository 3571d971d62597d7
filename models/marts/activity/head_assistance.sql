-- Generated from the registry: change seeds/reference/activity_measures.csv and run `make contract`.
-- D70, D71: what the registers of the head's own work give, for the country.
{{ activity_mart(
    'head_assistance',
    {
        'requests': 'bigint',
        'assistance_days': 'decimal(14, 2)',
        'on_site_days': 'decimal(14, 2)',
        'question_days': 'decimal(14, 2)',
        'support_days': 'decimal(14, 2)',
        'questions': 'bigint',
        'territories': 'bigint',
        'regional_territories': 'bigint',
        'experts': 'bigint',
        'external_experts': 'bigint',
    }
) }}
