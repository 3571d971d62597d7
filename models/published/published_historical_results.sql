-- depends_on: {{ ref('validation_results') }}
select * from {{ ref('historical_results') }}
