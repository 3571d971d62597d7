-- No figure, nothing to hide.
with final as (select * from {{ ref('dim_territory') }})

select * from final
