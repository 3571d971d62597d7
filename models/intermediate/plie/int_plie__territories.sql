with plie as (select * from {{ ref('dim_plie') }}),

final as (
    {{ territory_bridge('plie', 'plie_code', 'plie') }}
)

select * from final
