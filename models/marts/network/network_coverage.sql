-- What exists (D50), takes part (D51), is covered (D52) and has an intermediate body or facilitators, by territory of the seat.
-- D18: what no register or delivery of a year says is null, not 0.
with structures as (select * from {{ ref('int_network__structure_years') }}),

plie_bodies as (select * from {{ ref('int_network__intermediate_bodies') }}),

delivered_kinds as (select * from {{ ref('int_network__delivered_kinds') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

structures_by_territory as (
    {{ rows_by_territory('structures', {'departement': 'department_code', 'region': 'region_code'}) }}
),

structure_counts as (
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
        {{ count_sum("case when structure_kind = 'structure' then headcount end") }} as clause_facilitators,
        {{ count_where("structure_kind = 'structure' and headcount > 0 and exists_on_31_dec") }}
            as clause_structures_with_facilitator_31_dec,
        {{ count_sum("case when structure_kind = 'structure' and exists_on_31_dec then headcount end") }}
            as clause_facilitators_31_dec
    from structures_by_territory
    group by reporting_year, territory_kind, territory_code
),

-- PLIE that exist on 31 December and whose ESF credits an intermediate body manages; a body counts once in a territory.
body_counts as (
    select
        structures_by_territory.reporting_year,
        structures_by_territory.territory_kind,
        structures_by_territory.territory_code,
        cast(count(distinct plie_bodies.oi_code) as bigint) as intermediate_bodies,
        cast(count(distinct plie_bodies.plie_code) as bigint) as plie_with_intermediate_body
    from structures_by_territory
    inner join plie_bodies
        on
            structures_by_territory.reporting_year = plie_bodies.reporting_year
            and structures_by_territory.structure_code = plie_bodies.plie_code
            and structures_by_territory.structure_kind = 'plie'
    where structures_by_territory.exists_on_31_dec
    group by
        structures_by_territory.reporting_year,
        structures_by_territory.territory_kind,
        structures_by_territory.territory_code
),

with_unknown as (
    select
        counts.reporting_year,
        counts.territory_kind,
        counts.territory_code,
        counts.plie_existing_1_jan,
        counts.plie_existing_31_dec,
        counts.plie_existing_in_year,
        {%- for measure in ['plie_participating', 'plie_participating_located', 'plie_delivering_not_existing'] %}
        case when kinds.has_plie_deliveries then counts.{{ measure }} end as {{ measure }},
        {%- endfor %}
        case when kinds.has_members then counts.plie_covered end as plie_covered,
        {%- for measure in ['mde_existing_1_jan', 'mde_existing_31_dec', 'mde_existing_in_year'] %}
        case when kinds.has_mde_register then counts.{{ measure }} end as {{ measure }},
        {%- endfor %}
        case when kinds.has_mde_register and kinds.has_members then counts.mde_covered end as mde_covered,
        case when kinds.has_clause_register then counts.clause_structures_existing_31_dec end
            as clause_structures_existing_31_dec,
        case when kinds.has_facilitators then counts.clause_structures_with_facilitator end
            as clause_structures_with_facilitator,
        case when kinds.has_facilitators then coalesce(counts.clause_facilitators, 0) end as clause_facilitators,
        case when kinds.has_facilitators and kinds.has_clause_register then counts.clause_structures_with_facilitator_31_dec end
            as clause_structures_with_facilitator_31_dec,
        case when kinds.has_facilitators and kinds.has_clause_register then coalesce(counts.clause_facilitators_31_dec, 0) end
            as clause_facilitators_31_dec,
        case when kinds.has_intermediate_bodies then coalesce(body_counts.intermediate_bodies, 0) end
            as intermediate_bodies,
        case when kinds.has_intermediate_bodies then coalesce(body_counts.plie_with_intermediate_body, 0) end
            as plie_with_intermediate_body
    from structure_counts as counts
    inner join delivered_kinds as kinds using (reporting_year)
    left join body_counts using (reporting_year, territory_kind, territory_code)
),

final as (
    select
        with_unknown.*,
        {{ rate('with_unknown.plie_participating', 'with_unknown.plie_existing_in_year') }} as plie_participation_rate,
        {{ rate('with_unknown.plie_covered', 'with_unknown.plie_existing_31_dec') }} as plie_coverage_rate,
        {{ rate('with_unknown.mde_covered', 'with_unknown.mde_existing_31_dec') }} as mde_coverage_rate,
        dim_territory.territory_name
    from with_unknown
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
