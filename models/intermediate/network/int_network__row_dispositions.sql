-- Each delivered row of a register, kept or excluded for one reason: the row acceptance (D1B), then an orphan, whose member
-- is not in the same delivery (D52, D57) or whose structure is in no register of its kind (D52), or years in the wrong order.
with acceptance as (select * from {{ ref('int_network__row_acceptance') }}),

members as (select * from {{ ref('stg_network__members') }}),

mde_register as (select * from {{ ref('stg_network__mde_register') }}),

member_structures as (select * from {{ ref('stg_network__member_structures') }}),

intermediate_bodies as (select * from {{ ref('stg_network__intermediate_bodies') }}),

board_seats as (select * from {{ ref('stg_network__board_seats') }}),

targets as (select * from {{ ref('stg_network__targets') }}),

plie as (select * from {{ ref('int_plie__register') }}),

accepted_members as (
    {{ accepted_rows('members', 'acceptance') }}
),

accepted_mde as (
    {{ accepted_rows('mde_register', 'acceptance') }}
),

known_members as (
    select
        delivery_year,
        member_code
    from accepted_members
    group by delivery_year, member_code
),

known_structures as (
    select
        'plie' as structure_kind,
        plie_code as structure_code
    from plie
    where is_registered
    union
    select
        {{ mde_kind() }} as structure_kind,
        mde_code as structure_code
    from accepted_mde
),

orphans as (
    select
        member_structures.source_table,
        member_structures.source_file,
        member_structures.source_row
    from member_structures
    left join known_members using (delivery_year, member_code)
    left join known_structures using (structure_kind, structure_code)
    where
        known_members.member_code is null
        -- A structure of an unknown kind is a finding for its code (code_inconnu), not an orphan, and covers nothing.
        or (known_structures.structure_code is null and member_structures.structure_kind is not null)
    union all
    select
        intermediate_bodies.source_table,
        intermediate_bodies.source_file,
        intermediate_bodies.source_row
    from intermediate_bodies
    left join known_structures
        on
            known_structures.structure_kind = 'plie'
            and intermediate_bodies.plie_code = known_structures.structure_code
    where known_structures.structure_code is null
    union all
    select
        board_seats.source_table,
        board_seats.source_file,
        board_seats.source_row
    from board_seats
    left join known_members using (delivery_year, member_code)
    where
        known_members.member_code is null
        -- A seat that names no member is that of a qualified person.
        and board_seats.member_code is not null
    union all
    select
        targets.source_table,
        targets.source_file,
        targets.source_row
    from targets
    left join known_structures
        on
            known_structures.structure_kind = 'plie'
            and targets.plie_code = known_structures.structure_code
    where known_structures.structure_code is null
),

ends_before_it_begins as (
    select
        source_table,
        source_file,
        source_row
    from targets
    where to_year < from_year
),

final as (
    select
        acceptance.source_table,
        acceptance.source_file,
        acceptance.source_row,
        acceptance.reporting_year,
        coalesce(acceptance.supplier_code, {{ unknown_code() }}) as supplier_code,
        acceptance.record_key,
        acceptance.is_contradictory,
        case
            when acceptance.reason_code is not null then acceptance.reason_code
            when orphans.source_row is not null then {{ reason('orphelin') }}
            when ends_before_it_begins.source_row is not null then {{ reason('dates_inversees') }}
        end as reason_code
    from acceptance
    left join orphans using (source_table, source_file, source_row)
    left join ends_before_it_begins using (source_table, source_file, source_row)
)

select * from final
