{{ published_mart('dim_clause_structure') }}
