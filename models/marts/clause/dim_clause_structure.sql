with final as (select * from {{ ref('int_clause__structures') }})

select * from final
