-- What exists, takes part and is covered, by territory of the seat. What no register or delivery of a year says is null, not 0.
with structures as (select * from {{ ref('int_network__structures') }}),

years as (select * from {{ ref('int_network__years') }}),

members as (select * from {{ ref('int_network__members') }}),

dispositions as (select * from {{ ref('int_network__row_dispositions') }}),

member_structures as (select * from {{ ref('stg_network__member_structures') }}),

plie_bodies as (select * from {{ ref('int_network__intermediate_bodies') }}),

facilitators as (select * from {{ ref('stg_network__facilitators') }}),

plie_acceptance as (select * from {{ ref('int_plie__row_acceptance') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

bridge as (
    {{ accepted_rows('member_structures', 'dispositions') }}
),

stated_facilitators as (
    {{ accepted_rows('facilitators', 'dispositions') }}
),

-- D51: a delivery is accepted when a row of it passed the door.
delivered_plie as (
    select
        reporting_year,
        supplier_code as structure_code,
        bool_or(reason_code is null) as is_accepted
    from plie_acceptance
    group by reporting_year, supplier_code
),

participating as (
    select
        reporting_year,
        structure_code
    from delivered_plie
    where is_accepted
),

-- D52: structures covered by somebody who is a member on 31 December, each once.
covered as (
    select
        members.reporting_year,
        bridge.structure_kind,
        bridge.structure_code
    from members
    inner join bridge
        on
            members.delivery_year = bridge.delivery_year
            and members.member_code = bridge.member_code
    where members.is_member
    group by members.reporting_year, bridge.structure_kind, bridge.structure_code
),

described as (
    select
        structures.reporting_year,
        structures.structure_kind,
        structures.structure_code,
        structures.department_code,
        structures.region_code,
        structures.exists_on_1_jan,
        structures.exists_on_31_dec,
        structures.exists_in_year,
        structures.town,
        participating.structure_code is not null and structures.structure_kind = 'plie' as is_participating,
        covered.structure_code is not null as is_covered,
        stated_facilitators.headcount
    from structures
    left join participating
        on
            structures.reporting_year = participating.reporting_year
            and structures.structure_code = participating.structure_code
    left join covered
        on
            structures.reporting_year = covered.reporting_year
            and structures.structure_kind = covered.structure_kind
            and structures.structure_code = covered.structure_code
    left join stated_facilitators
        on
            structures.reporting_year = stated_facilitators.reporting_year
            and structures.structure_code = stated_facilitators.structure_code
            and structures.structure_kind = 'structure'
),

-- Who delivers without existing in the register, and facilitators of a structure that it does not know: in the country only.
strangers as (
    select
        participating.reporting_year,
        'plie' as structure_kind,
        participating.structure_code,
        null as headcount
    from participating
    inner join years on participating.reporting_year = years.reporting_year
    left join structures
        on
            participating.reporting_year = structures.reporting_year
            and participating.structure_code = structures.structure_code
            and structures.structure_kind = 'plie'
    where structures.structure_code is null
    union all
    select
        stated_facilitators.reporting_year,
        'structure' as structure_kind,
        stated_facilitators.structure_code,
        stated_facilitators.headcount
    from stated_facilitators
    inner join years on stated_facilitators.reporting_year = years.reporting_year
    left join structures
        on
            stated_facilitators.reporting_year = structures.reporting_year
            and stated_facilitators.structure_code = structures.structure_code
            and structures.structure_kind = 'structure'
    where structures.structure_code is null
),

everybody as (
    select * from described
    union all
    select
        reporting_year,
        structure_kind,
        structure_code,
        null as department_code,
        null as region_code,
        false as exists_on_1_jan,
        false as exists_on_31_dec,
        false as exists_in_year,
        null as town,
        structure_kind = 'plie' as is_participating,
        false as is_covered,
        headcount
    from strangers
),

placed as (
    select
        'departement' as territory_kind,
        department_code as territory_code,
        *
    from everybody
    where department_code is not null
    union all
    select
        'region' as territory_kind,
        region_code as territory_code,
        *
    from everybody
    where region_code is not null
    union all
    select
        'national' as territory_kind,
        'FR' as territory_code,
        *
    from everybody
),

counted as (
    select
        reporting_year,
        territory_kind,
        territory_code,
        {{ count_where("structure_kind = 'plie' and exists_on_1_jan") }} as plie_existing_1_jan,
        {{ count_where("structure_kind = 'plie' and exists_on_31_dec") }} as plie_existing_31_dec,
        {{ count_where("structure_kind = 'plie' and exists_in_year") }} as plie_existing_in_year,
        {{ count_where('is_participating and exists_in_year') }} as plie_participating,
        {{ count_where('is_participating and exists_in_year and town is not null') }} as plie_participating_located,
        {{ count_where('is_participating and not exists_in_year') }} as plie_delivering_not_existing,
        {{ count_where("structure_kind = 'plie' and exists_on_31_dec and is_covered") }} as plie_covered,
        {{ count_where('structure_kind = ' ~ mde_kind() ~ ' and exists_on_1_jan') }} as mde_existing_1_jan,
        {{ count_where('structure_kind = ' ~ mde_kind() ~ ' and exists_on_31_dec') }} as mde_existing_31_dec,
        {{ count_where('structure_kind = ' ~ mde_kind() ~ ' and exists_in_year') }} as mde_existing_in_year,
        {{ count_where('structure_kind = ' ~ mde_kind() ~ ' and exists_on_31_dec and is_covered') }} as mde_covered,
        {{ count_where("structure_kind = 'structure' and exists_on_31_dec") }} as clause_structures_existing_31_dec,
        {{ count_where("structure_kind = 'structure' and headcount > 0") }} as clause_structures_with_facilitator,
        {{ count_sum("case when structure_kind = 'structure' then headcount end") }} as clause_facilitators
    from placed
    group by reporting_year, territory_kind, territory_code
),

-- PLIE that exist on 31 December and whose ESF credits an intermediate body manages; a body counts once in a territory.
body_counts as (
    select
        placed.reporting_year,
        placed.territory_kind,
        placed.territory_code,
        cast(count(distinct plie_bodies.oi_code) as bigint) as intermediate_bodies,
        cast(count(distinct plie_bodies.plie_code) as bigint) as plie_with_intermediate_body
    from placed
    inner join plie_bodies
        on
            placed.reporting_year = plie_bodies.reporting_year
            and placed.structure_code = plie_bodies.plie_code
            and placed.structure_kind = 'plie'
    where placed.exists_on_31_dec
    group by placed.reporting_year, placed.territory_kind, placed.territory_code
),

-- What a year has at all: without a register or a delivery a count is unknown.
known as (
    select
        years.reporting_year,
        exists(
            select 1
            from delivered_plie
            where delivered_plie.reporting_year = years.reporting_year
        ) as has_plie_deliveries,
        exists(
            select 1
            from structures
            where
                structures.reporting_year = years.reporting_year
                and structures.structure_kind = {{ mde_kind() }}
        ) as has_mde_register,
        exists(
            select 1
            from structures
            where
                structures.reporting_year = years.reporting_year
                and structures.structure_kind = 'structure'
        ) as has_clause_register,
        exists(
            select 1
            from members
            where members.reporting_year = years.reporting_year
        ) as has_members,
        exists(
            select 1
            from plie_bodies
            where plie_bodies.reporting_year = years.reporting_year
        ) as has_bodies,
        exists(
            select 1
            from stated_facilitators
            where stated_facilitators.reporting_year = years.reporting_year
        ) as has_facilitators
    from years
),

joined as (
    select
        counted.reporting_year,
        counted.territory_kind,
        counted.territory_code,
        counted.plie_existing_1_jan,
        counted.plie_existing_31_dec,
        counted.plie_existing_in_year,
        case when known.has_plie_deliveries then counted.plie_participating end as plie_participating,
        case when known.has_plie_deliveries then counted.plie_participating_located end as plie_participating_located,
        case when known.has_plie_deliveries then counted.plie_delivering_not_existing end
            as plie_delivering_not_existing,
        case when known.has_members then counted.plie_covered end as plie_covered,
        case when known.has_mde_register then counted.mde_existing_1_jan end as mde_existing_1_jan,
        case when known.has_mde_register then counted.mde_existing_31_dec end as mde_existing_31_dec,
        case when known.has_mde_register then counted.mde_existing_in_year end as mde_existing_in_year,
        case when known.has_mde_register and known.has_members then counted.mde_covered end as mde_covered,
        case when known.has_bodies then coalesce(body_counts.intermediate_bodies, 0) end as intermediate_bodies,
        case when known.has_bodies then coalesce(body_counts.plie_with_intermediate_body, 0) end
            as plie_with_intermediate_body,
        case when known.has_clause_register then counted.clause_structures_existing_31_dec end
            as clause_structures_existing_31_dec,
        case when known.has_facilitators then counted.clause_structures_with_facilitator end
            as clause_structures_with_facilitator,
        case when known.has_facilitators then coalesce(counted.clause_facilitators, 0) end as clause_facilitators
    from counted
    inner join known on counted.reporting_year = known.reporting_year
    left join body_counts
        on
            counted.reporting_year = body_counts.reporting_year
            and {{ same_territory('counted', 'body_counts') }}
),

final as (
    select
        joined.reporting_year,
        joined.territory_kind,
        joined.territory_code,
        joined.plie_existing_1_jan,
        joined.plie_existing_31_dec,
        joined.plie_existing_in_year,
        joined.plie_participating,
        joined.plie_participating_located,
        joined.plie_delivering_not_existing,
        {{ rate('joined.plie_participating', 'joined.plie_existing_in_year') }} as plie_participation_rate,
        joined.plie_covered,
        {{ rate('joined.plie_covered', 'joined.plie_existing_31_dec') }} as plie_coverage_rate,
        joined.mde_existing_1_jan,
        joined.mde_existing_31_dec,
        joined.mde_existing_in_year,
        joined.mde_covered,
        {{ rate('joined.mde_covered', 'joined.mde_existing_31_dec') }} as mde_coverage_rate,
        joined.intermediate_bodies,
        joined.plie_with_intermediate_body,
        joined.clause_structures_existing_31_dec,
        joined.clause_structures_with_facilitator,
        joined.clause_facilitators,
        dim_territory.territory_name
    from joined
    left join dim_territory
        on
            {{ same_territory('joined', 'dim_territory') }}
)

select * from final
