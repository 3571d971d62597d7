-- D5A: an intermediate body is no published level.
-- D60: every figure of the aggregates that is published at its level, with how it is published.
-- D85: what is national is never suppressed. While too few regions deliver the operations of the ESF+, its national indicators
-- are those of a region, and tell how many entered there at least: a year of so few is not published.
with measures as (select * from {{ ref('measures') }}),

quantities as (select * from {{ ref('published_quantities') }}),

territory_kinds as (select * from {{ ref('territory_kinds') }}),

esf_indicators as (select * from {{ ref('plie_esf_indicators') }}),

figures as (
    {{ all_measures() }}
),

years as (
    {{ years_with_parameters([ref('plie_esf_indicators')], {'esf_min_regions': 'integer'}) }}
),

years_of_the_esf as (
    select years.reporting_year
    from esf_indicators
    inner join years using (reporting_year)
    where esf_indicators.territory_kind = 'region' and esf_indicators.plie_with_operations > 0
    group by years.reporting_year, years.esf_min_regions
    having count(distinct esf_indicators.territory_code) >= years.esf_min_regions
),

ranked_measures as (
    select
        measures.*,
        finest.display_order as finest_rank,
        min(finest.display_order) over (partition by measures.mart, measures.cut) as row_finest_rank
    from measures
    inner join territory_kinds as finest on measures.finest_level = finest.territory_kind
),

final as (
    select
        figures.reporting_year,
        figures.territory_kind,
        figures.territory_code,
        figures.mart,
        figures.cut,
        figures.cut_value,
        figures.measure,
        figures.measure_value,
        ranked_measures.quantity,
        ranked_measures.is_repeated,
        -- What has to be protected: a number of persons, or what shows one, at a level where readers get it.
        quantities.is_protected and territory_kinds.display_order >= ranked_measures.finest_rank as is_protected
    from figures
    inner join territory_kinds using (territory_kind)
    inner join ranked_measures
        on
            figures.mart = ranked_measures.mart
            and figures.cut = ranked_measures.cut
            and figures.measure = ranked_measures.measure
            and territory_kinds.display_order >= ranked_measures.row_finest_rank
    inner join quantities using (quantity)
    left join years_of_the_esf on figures.reporting_year = years_of_the_esf.reporting_year
    where
        territory_kinds.is_published
        and (figures.mart <> 'plie_esf_indicators' or years_of_the_esf.reporting_year is not null)
        and (figures.territory_kind = 'national' or '{{ var('published_levels', 'all') }}' <> 'national')
)

select * from final
