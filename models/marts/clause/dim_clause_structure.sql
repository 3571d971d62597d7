-- D50: the structures that a register names or that deliver.
with final as (select * from {{ ref('int_clause__structures') }})

select * from final
