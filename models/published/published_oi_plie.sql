-- depends_on: {{ ref('validation_results') }}
select * from {{ ref('oi_plie') }}
