select * from {{ ref('dim_clause_structure') }}
