select
    build_id,
    as_of_date,
    dbt_version
from {{ ref('build_info') }}
