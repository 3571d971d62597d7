-- What the builds so far moved of figures that stood already: the revisions that the last build knew, and what this one moves.
with earlier as (
    select * from {{ source('history', 'revisions') }}
),

last_figures as (
    select * from {{ source('history', 'figures') }}
),

last_build as (
    select * from {{ source('history', 'build') }}
),

last_deliveries as (
    select * from {{ source('history', 'deliveries') }}
),

deliveries as (
    select * from {{ source('intake', 'deliveries_in_force') }}
),

reaches as (
    {{ delivery_reach() }}
),

figures as (select * from {{ ref('indicators') }}),

definitions as (select * from {{ ref('measures') }}),

plie as (select * from {{ ref('dim_plie') }}),

structures as (select * from {{ ref('dim_clause_structure') }}),

-- A first figure is no revision: of a year, of a territory in a year, of an indicator, of a method.
known_territories as (
    select distinct
        reporting_year,
        territory_kind,
        territory_code,
        method_version
    from last_figures
),

known_indicators as (
    select distinct
        indicator_code,
        cut,
        method_version
    from last_figures
),

revised_before as (
    select distinct
        reporting_year,
        territory_kind,
        territory_code,
        indicator_code,
        cut,
        cut_value,
        method_version
    from earlier
),

moved as (
    select
        coalesce(figures.reporting_year, last_figures.reporting_year) as reporting_year,
        coalesce(figures.territory_kind, last_figures.territory_kind) as territory_kind,
        coalesce(figures.territory_code, last_figures.territory_code) as territory_code,
        coalesce(figures.indicator_code, last_figures.indicator_code) as indicator_code,
        coalesce(figures.cut, last_figures.cut) as cut,
        coalesce(figures.cut_value, last_figures.cut_value) as cut_value,
        coalesce(figures.method_version, last_figures.method_version) as method_version,
        last_figures.indicator_code is not null as was_there,
        last_figures.value as previous_value,
        figures.value,
        last_figures.numerator as previous_numerator,
        figures.numerator,
        last_figures.denominator as previous_denominator,
        figures.denominator
    from figures
    full outer join last_figures
        using (reporting_year, territory_kind, territory_code, indicator_code, cut, cut_value, method_version)
    where
        figures.value is distinct from last_figures.value
        or figures.numerator is distinct from last_figures.numerator
        or figures.denominator is distinct from last_figures.denominator
),

revised as (
    select
        moved.*,
        definitions.mart
    from moved
    -- What nothing defines any more has no figure, and that is no revision of one.
    inner join definitions using (indicator_code, cut, method_version)
    left join known_territories using (reporting_year, territory_kind, territory_code, method_version)
    left join known_indicators using (indicator_code, cut, method_version)
    left join revised_before
        using (reporting_year, territory_kind, territory_code, indicator_code, cut, cut_value, method_version)
    where
        moved.was_there
        or (known_territories.reporting_year is not null and known_indicators.indicator_code is not null)
        -- It was there, was revised away, and is back.
        or revised_before.reporting_year is not null
),

changed_deliveries as (
    select
        coalesce(deliveries.kind, last_deliveries.kind) as kind,
        coalesce(deliveries.supplier_code, last_deliveries.supplier_code) as supplier_code,
        coalesce(deliveries.reporting_year, last_deliveries.reporting_year) as delivery_year,
        case
            when last_deliveries.delivery_id is null then {{ revision_cause('new') }}
            when deliveries.delivery_id is null then {{ revision_cause('withdrawn') }}
            else {{ revision_cause('corrected') }}
        end as cause_fr
    from deliveries
    full outer join last_deliveries using (kind, supplier_code, reporting_year)
    where deliveries.delivery_id is distinct from last_deliveries.delivery_id
),

suppliers as (
    select
        'plie' as kind,
        plie_code as supplier_code,
        department_code,
        region_code
    from plie
    union all
    select
        'clause' as kind,
        structure_code as supplier_code,
        department_code,
        region_code
    from structures
),

-- The territories whose figures a changed delivery reaches; null is any.
reached as (
    select
        changed_deliveries.*,
        reaches.mart_start,
        reaches.reach,
        reaches.is_same_year,
        suppliers.department_code,
        suppliers.region_code
    from changed_deliveries
    inner join reaches using (kind)
    left join suppliers using (kind, supplier_code)
),

explained as (
    select
        revised.reporting_year,
        revised.territory_kind,
        revised.territory_code,
        revised.indicator_code,
        revised.cut,
        revised.cut_value,
        revised.method_version,
        string_agg(
            distinct reached.kind || ' ' || reached.supplier_code || ' ' || reached.delivery_year, ', '
            order by reached.kind || ' ' || reached.supplier_code || ' ' || reached.delivery_year
        ) as deliveries,
        string_agg(distinct reached.cause_fr, ', ' order by reached.cause_fr) as cause_fr
    from revised
    inner join reached
        on
            starts_with(revised.mart, reached.mart_start)
            and (not reached.is_same_year or revised.reporting_year = reached.delivery_year)
            and case revised.territory_kind
                when 'national' then reached.reach <> 'placed'
                when 'departement'
                    then reached.reach <> 'supplier' or revised.territory_code = reached.department_code
                when 'region'
                    then reached.reach <> 'supplier' or revised.territory_code = reached.region_code
                else
                    reached.reach = 'everywhere'
                    or (reached.reach = 'supplier' and revised.territory_code = reached.supplier_code)
            end
    group by all
),

numbers as (
    select coalesce(max(revision_no), 0) + 1 as revision_no
    from earlier
),

final as (
    select
        cast(numbers.revision_no as bigint) as revision_no,
        revised.reporting_year,
        revised.territory_kind,
        revised.territory_code,
        revised.indicator_code,
        revised.cut,
        revised.cut_value,
        revised.method_version,
        revised.previous_value,
        revised.value,
        cast(revised.value - revised.previous_value as decimal(18, 6)) as difference,
        revised.previous_numerator,
        revised.numerator,
        revised.previous_denominator,
        revised.denominator,
        last_build.build_id as previous_build_id,
        {{ build_id() }} as build_id,
        last_build.as_of_date as previous_as_of_date,
        {{ as_of_date() }} as as_of_date,
        explained.deliveries,
        concat_ws(
            ', ',
            explained.cause_fr,
            -- Without a delivery it can be nothing else; with one both may have moved it.
            case
                when explained.cause_fr is null or last_build.rules <> {{ rules_name() }}
                    then {{ revision_cause('rules' if reads_store() else 'sample') }}
            end
        ) as cause_fr
    from revised
    cross join last_build
    cross join numbers
    left join explained
        using (reporting_year, territory_kind, territory_code, indicator_code, cut, cut_value, method_version)
    union all by name
    select * from earlier
)

select * from final
