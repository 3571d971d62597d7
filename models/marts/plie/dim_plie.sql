-- D50: the PLIE that a register names or that deliver.
with final as (select * from {{ ref('int_plie__register') }})

select * from final
