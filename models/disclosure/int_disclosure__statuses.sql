-- depends_on: {{ ref('validation_results') }}
-- D60: what readers get of each figure. The status of a rate follows from those of its counts before its own value, because that
-- value would show that a suppressed base is zero.
with figures as (select * from {{ ref('int_disclosure__figures') }}),

suppressed as (select * from {{ ref('int_disclosure__suppressed') }}),

measures as (select * from {{ ref('measures') }}),

quantities as (select * from {{ ref('published_quantities') }}),

statuses as (select * from {{ ref('publication_statuses') }}),

territory_kinds as (select * from {{ ref('territory_kinds') }}),

years as (
    {{ years_with_parameters([ref('int_disclosure__figures')], {'min_base': 'integer'}) }}
),

-- Every row of an aggregate that readers get, with every measure of it, known or not.
published_rows as (
    select distinct
        reporting_year,
        territory_kind,
        territory_code,
        mart,
        cut,
        cut_value
    from figures
),

with_measures as (
    select
        published_rows.*,
        measures.measure,
        measures.suppressed_with,
        measures.numerator,
        measures.denominator,
        quantities.is_rate,
        quantities.counts_persons,
        case when measures.is_repeated then '' else published_rows.cut_value end as cell_value,
        territory_kinds.display_order < finest.display_order as is_too_fine
    from published_rows
    inner join territory_kinds using (territory_kind)
    inner join measures using (mart, cut)
    inner join territory_kinds as finest on measures.finest_level = finest.territory_kind
    inner join quantities using (quantity)
),

-- By themselves: a count is shown, suppressed by the disclosure control, not known, or not for this level.
with_own_status as (
    select
        with_measures.*,
        figures.measure_value,
        case
            when with_measures.is_too_fine then {{ publication_status('non_diffuse') }}
            when suppressed.status is not null then suppressed.status
            when figures.measure_value is null then {{ publication_status('non_connu') }}
            else {{ publication_status('publie') }}
        end as own_status
    from with_measures
    left join figures using (reporting_year, territory_kind, territory_code, mart, cut, cut_value, measure)
    left join suppressed
        on
            with_measures.reporting_year = suppressed.reporting_year
            and {{ same_territory('with_measures', 'suppressed') }}
            and with_measures.mart = suppressed.mart
            and with_measures.cut = suppressed.cut
            and with_measures.cell_value = suppressed.cut_value
            and with_measures.measure = suppressed.measure
),

counts as (
    select
        with_own_status.*,
        -- A count of marchés, buyers or employers shows that there are persons: it is suppressed where the count of persons is.
        case
            when
                followed.own_status in (
                    {{ publication_status('masque_primaire') }}, {{ publication_status('non_diffuse') }}
                )
                and not followed.is_too_fine
                and not with_own_status.is_too_fine
                then followed.own_status
            else with_own_status.own_status
        end as status
    from with_own_status
    left join with_own_status as followed
        on {{ same_cell('with_own_status', 'followed') }} and with_own_status.suppressed_with = followed.measure
    where not with_own_status.is_rate
),

ranked_counts as (
    select
        counts.*,
        statuses.severity
    from counts
    inner join statuses using (status)
),

rates as (
    select
        with_own_status.*,
        worst.status as counts_status,
        coalesce(
            denominators.counts_persons
            and with_own_status.territory_kind <> 'national'
            and denominators.measure_value < years.min_base,
            false
        ) as is_small
    from with_own_status
    inner join ranked_counts as numerators
        on {{ same_cell('with_own_status', 'numerators') }} and with_own_status.numerator = numerators.measure
    inner join ranked_counts as denominators
        on {{ same_cell('with_own_status', 'denominators') }} and with_own_status.denominator = denominators.measure
    inner join statuses as worst on greatest(numerators.severity, denominators.severity) = worst.severity
    left join years on with_own_status.reporting_year = years.reporting_year
    where with_own_status.is_rate
),

rates_with_status as (
    select
        *,
        case
            when is_too_fine then own_status
            when counts_status <> {{ publication_status('publie') }} then counts_status
            when is_small then {{ publication_status('base_insuffisante') }}
            else own_status
        end as status
    from rates
),

with_status as (
    select
        reporting_year,
        territory_kind,
        territory_code,
        mart,
        cut,
        cut_value,
        measure,
        status
    from counts
    union all
    select
        reporting_year,
        territory_kind,
        territory_code,
        mart,
        cut,
        cut_value,
        measure,
        status
    from rates_with_status
),

final as (
    select
        with_status.*,
        statuses.severity
    from with_status
    inner join statuses using (status)
)

select * from final
