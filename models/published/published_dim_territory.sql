select
    territory_kind,
    territory_code,
    territory_name
from {{ ref('dim_territory') }}
