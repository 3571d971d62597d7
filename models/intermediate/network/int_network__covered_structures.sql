-- D52: structures covered by a member of 31 December, through the register of who covers what, each structure once.
with members as (select * from {{ ref('int_network__members') }}),

member_structures as (select * from {{ ref('stg_network__member_structures') }}),

dispositions as (select * from {{ ref('int_network__row_dispositions') }}),

bridge as (
    {{ accepted_rows('member_structures', 'dispositions') }}
),

final as (
    select
        members.reporting_year,
        bridge.structure_kind,
        bridge.structure_code
    from members
    inner join bridge using (delivery_year, member_code)
    where members.is_member
    group by members.reporting_year, bridge.structure_kind, bridge.structure_code
)

select * from final
