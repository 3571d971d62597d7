-- depends_on: {{ ref('validation_results') }}
select * from {{ ref('build_info') }}
