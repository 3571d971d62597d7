{%- set names = [
    'durable_job_min_months',
    'job_validation_months',
    'training_long_months',
    'training_validation_months',
    'senior_min_age',
    'young_max_age',
    'unqualified_max_level',
    'low_qualified_max_level',
    'long_term_unemployed_months',
] -%}
with parameters as (select * from {{ ref('parameters') }}),

participants as (select reporting_year from {{ ref('stg_plie__participants') }}),

steps as (select reporting_year from {{ ref('stg_plie__steps') }}),

exits as (select reporting_year from {{ ref('stg_plie__exits') }}),

years as (
    select reporting_year from participants
    union
    select reporting_year from steps
    union
    select reporting_year from exits
),

dated_years as (
    select
        reporting_year,
        {{ first_day_of_year('reporting_year') }} as year_start,
        {{ last_day_of_year('reporting_year') }} as year_end
    from years
    where reporting_year is not null
),

pivoted as (
    select
        {%- for name in names %}
        cast(max(case when parameters.name = '{{ name }}' then parameters.value end) as integer) as {{ name }},
        {%- endfor %}
        dated_years.reporting_year,
        dated_years.year_start,
        dated_years.year_end
    from dated_years
    inner join parameters on {{ in_force('parameters', 'dated_years.year_end') }}
    group by dated_years.reporting_year, dated_years.year_start, dated_years.year_end
),

-- A year without the full set cannot be computed: its rows are refused with a reason, not computed with a hole.
final as (
    select *
    from pivoted
    where {{ names | join(' is not null and ') }} is not null
)

select * from final
