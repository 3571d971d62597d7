-- D1C: persons followed by a referent on 31 December: persons with a parcours in stock, by the referent of that parcours. A
-- referent is known within the PLIE only. Persons whose referent is not known are counted separately. The norm of the year has
-- a smallest and a largest caseload, both of which hold it.
with parcours as (select * from {{ ref('fct_parcours') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

years as (select * from {{ ref('int_plie__years') }}),

caseloads as (
    select
        reporting_year,
        plie_code,
        referent_id,
        cast(count(distinct participant_id) as bigint) as persons
    from parcours
    where is_in_stock
    group by reporting_year, plie_code, referent_id
),

totals as (
    select
        caseloads.reporting_year,
        territories.territory_kind,
        territories.territory_code,
        cast(count(caseloads.referent_id) as bigint) as referents,
        {{ count_sum('case when caseloads.referent_id is not null then caseloads.persons else 0 end') }} as persons_followed,
        {{ count_sum('case when caseloads.referent_id is null then caseloads.persons else 0 end') }}
            as persons_without_referent,
        {{ count_where(
            'caseloads.referent_id is not null and caseloads.persons between years.caseload_min and years.caseload_max'
        ) }} as referents_in_norm,
        min(caseloads.persons) filter (where caseloads.referent_id is not null) as caseload_min,
        max(caseloads.persons) filter (where caseloads.referent_id is not null) as caseload_max
    from caseloads
    inner join territories using (plie_code)
    inner join years using (reporting_year)
    group by caseloads.reporting_year, territories.territory_kind, territories.territory_code
),

final as (
    select
        totals.*,
        {{ rate('totals.persons_followed', 'totals.referents') }} as persons_per_referent,
        {{ rate('totals.referents_in_norm', 'totals.referents') }} as share_of_referents_in_norm,
        dim_territory.territory_name
    from totals
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
