select * from {{ ref('dim_territory') }}
