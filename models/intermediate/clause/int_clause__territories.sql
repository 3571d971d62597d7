-- D01: persons are distinct within a structure, so that the counts of a territory are the sums of its structures' counts.
with structures as (select * from {{ ref('int_clause__structures') }}),

final as (
    {{ territory_bridge('structures', 'structure_code', 'structure') }}
)

select * from final
