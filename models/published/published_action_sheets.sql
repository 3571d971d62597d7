-- depends_on: {{ ref('validation_results') }}
select * from {{ ref('action_sheets') }}
