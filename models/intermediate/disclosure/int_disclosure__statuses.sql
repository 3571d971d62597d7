-- What readers get of each figure. A rate follows its counts: it is decided from their statuses, before its own value, which
-- would tell that a hidden base is zero.
with figures as (select * from {{ ref('int_disclosure__figures') }}),

hidden as (select * from {{ ref('int_disclosure__suppressed') }}),

published_measures as (select * from {{ ref('published_measures') }}),

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

described as (
    select
        published_rows.*,
        published_measures.measure,
        published_measures.follows,
        published_measures.numerator,
        published_measures.denominator,
        quantities.is_rate,
        quantities.counts_persons,
        case when published_measures.is_repeated then '' else published_rows.cut_value end as cell_value,
        territory_kinds.display_order < finest.display_order as is_too_fine
    from published_rows
    inner join territory_kinds on published_rows.territory_kind = territory_kinds.territory_kind
    inner join published_measures
        on
            published_rows.mart = published_measures.mart
            and published_rows.cut = published_measures.cut
    inner join territory_kinds as finest on published_measures.finest_level = finest.territory_kind
    inner join quantities on published_measures.quantity = quantities.quantity
),

-- By themselves: a count is shown, hidden by the disclosure control, not known, or not for this level.
decided as (
    select
        described.*,
        figures.measure_value,
        case
            when described.is_too_fine then {{ publication_status('non_diffuse') }}
            when hidden.status is not null then hidden.status
            when figures.measure_value is null then {{ publication_status('non_connu') }}
            else {{ publication_status('publie') }}
        end as own_status
    from described
    left join figures on {{ same_cell('described', 'figures') }} and described.measure = figures.measure
    left join hidden
        on
            described.reporting_year = hidden.reporting_year
            and {{ same_territory('described', 'hidden') }}
            and described.mart = hidden.mart
            and described.cut = hidden.cut
            and described.cell_value = hidden.cut_value
            and described.measure = hidden.measure
),

counts as (
    select
        decided.*,
        -- Marchés, buyers and employers tell that there is somebody; where no word says that those are few, neither do these.
        case
            when
                followed.own_status in (
                    {{ publication_status('masque_primaire') }}, {{ publication_status('non_diffuse') }}
                )
                and not followed.is_too_fine
                and not decided.is_too_fine
                then followed.own_status
            else decided.own_status
        end as status
    from decided
    left join decided as followed
        on {{ same_cell('decided', 'followed') }} and decided.follows = followed.measure
    where not decided.is_rate
),

ranked_counts as (
    select
        counts.*,
        statuses.severity
    from counts
    inner join statuses on counts.status = statuses.status
),

rates as (
    select
        decided.*,
        worst.status as counts_status,
        coalesce(
            denominators.counts_persons
            and decided.territory_kind <> 'national'
            and denominators.measure_value < years.min_base,
            false
        ) as is_small
    from decided
    inner join ranked_counts as numerators
        on {{ same_cell('decided', 'numerators') }} and decided.numerator = numerators.measure
    inner join ranked_counts as denominators
        on {{ same_cell('decided', 'denominators') }} and decided.denominator = denominators.measure
    inner join statuses as worst on greatest(numerators.severity, denominators.severity) = worst.severity
    left join years on decided.reporting_year = years.reporting_year
    where decided.is_rate
),

decided_rates as (
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

together as (
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
    from decided_rates
),

final as (
    select
        together.*,
        statuses.severity
    from together
    inner join statuses on together.status = statuses.status
)

select * from final
