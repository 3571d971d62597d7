select * from {{ ref('dim_plie') }}
