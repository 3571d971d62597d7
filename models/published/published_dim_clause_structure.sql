select
    structure_code,
    name,
    structure_kind,
    department_code,
    department_name,
    region_code,
    region_name,
    opened_on,
    closed_on,
    is_registered
from {{ ref('dim_clause_structure') }}
