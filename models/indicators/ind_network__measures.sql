-- D61: the figures of the aggregates of the network as rows, so that the long table is made from them and cannot disagree.
with network_coverage as (
    {{ measures_as_rows('network_coverage') }}
),

network_members as (
    {{ measures_as_rows('network_members', ['cut', 'cut_value']) }}
),

final as (
    select * from network_coverage
    union all
    select * from network_members
)

select * from final
