-- D01: persons are distinct within a PLIE, so that the counts of a territory are the sums of its PLIE's counts.
with plie as (select * from {{ ref('int_plie__register') }}),

final as (
    {{ territory_bridge('plie', 'plie_code', 'plie') }}
)

select * from final
