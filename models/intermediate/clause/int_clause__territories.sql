with structures as (select * from {{ ref('dim_clause_structure') }}),

final as (
    {{ territory_bridge('structures', 'structure_code', 'structure') }}
)

select * from final
