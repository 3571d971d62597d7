-- No figure, nothing to hide.
with final as (select * from {{ ref('dim_clause_structure') }})

select * from final
