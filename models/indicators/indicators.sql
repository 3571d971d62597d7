-- D61: each indicator of the registry with its parts, each looked up in the aggregate that it is of. A figure whose numerator is
-- not known has no row.
-- D17: a rate stands under the label of its own row of the registry, and no other.
-- D18: a rate without a denominator has no value. D19: the coverage is the known part of its base.
with definitions as (
    {{ numbered_indicators() }}
),

figures as (
    {{ all_measures() }}
),

-- What an indicator is made of, a row per part.
parts as (
    {%- for part in ['numerator', 'measure', 'denominator', 'coverage_numerator', 'coverage_denominator'] %}
    select
        definition_no,
        mart,
        cut,
        '{{ part }}' as part,
        {{ part }} as measure
    from definitions
    where {{ part }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- The parts lie side by side by grouping, in less memory than joins; the names are put beside afterwards, since millions of
-- groups would each hold them.
joined as (
    select
        figures.reporting_year,
        figures.territory_kind,
        figures.territory_code,
        figures.cut_value,
        parts.definition_no,
        max(case when parts.part = 'numerator' then figures.measure_value end) as numerator,
        max(case when parts.part = 'measure' then figures.measure_value end) as own_value,
        max(case when parts.part = 'denominator' then figures.measure_value end) as denominator,
        max(case when parts.part = 'coverage_numerator' then figures.measure_value end) as coverage_numerator,
        max(case when parts.part = 'coverage_denominator' then figures.measure_value end) as coverage_denominator
    from figures
    inner join parts
        on
            figures.mart = parts.mart
            and figures.cut = parts.cut
            and figures.measure = parts.measure
    group by
        figures.reporting_year,
        figures.territory_kind,
        figures.territory_code,
        figures.cut_value,
        parts.definition_no
    having count(case when parts.part = 'numerator' then 1 end) > 0
),

-- The figures are read anew for the names: one query of them for all would be held whole.
territories as (
    select
        reporting_year,
        territory_kind,
        territory_code,
        max(territory_name) as territory_name
    from ({{ all_measures() }}) as figures
    group by reporting_year, territory_kind, territory_code
),

cut_values as (
    select
        mart,
        cut,
        cut_value,
        max(cut_value_label_fr) as cut_value_label_fr
    from ({{ all_measures() }}) as figures
    group by mart, cut, cut_value
),

final as (
    select
        joined.reporting_year,
        joined.territory_kind,
        joined.territory_code,
        definitions.indicator_code,
        definitions.cut,
        joined.cut_value,
        definitions.method_version,
        joined.numerator,
        joined.denominator,
        joined.own_value as value, -- noqa: RF04
        definitions.unit,
        {{ exact_rate('joined.coverage_numerator', 'joined.coverage_denominator') }} as coverage,
        {{ build_id() }} as build_id,
        definitions.label_fr,
        cut_values.cut_value_label_fr,
        territories.territory_name
    from joined
    inner join definitions using (definition_no)
    left join territories using (reporting_year, territory_kind, territory_code)
    left join cut_values
        on
            definitions.mart = cut_values.mart
            and definitions.cut = cut_values.cut
            and joined.cut_value = cut_values.cut_value
)

-- In an order of its own: that of the groups is by chance, and the table then takes twice the space.
select * from final
order by indicator_code, cut, reporting_year, territory_kind, territory_code, cut_value, method_version
