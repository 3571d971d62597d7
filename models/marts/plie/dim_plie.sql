with final as (select * from {{ ref('int_plie__register') }})

select * from final
