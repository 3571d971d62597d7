-- depends_on: {{ ref('validation_results') }}
select * from {{ ref('dim_date') }}
