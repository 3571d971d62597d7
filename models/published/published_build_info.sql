-- No figure, nothing to hide.
with final as (select * from {{ ref('build_info') }})

select * from final
