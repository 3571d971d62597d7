-- D61: each indicator of the registry with its parts, each looked up in the aggregate that it is of. A figure whose numerator is
-- not known has no row.
-- D17: a rate stands under the label of its own row of the registry, and no other.
-- D18: a rate without a denominator has no value. D19: the coverage is the known part of its base.
with definitions as (
    select *
    from {{ ref('measures') }}
    where indicator_code is not null
),

figures as (
    {{ all_measures() }}
),

-- Of each part, what some indicator needs: the joins below hold these in memory, and no more.
{%- for part in ['measure', 'denominator', 'coverage_numerator', 'coverage_denominator'] %}
{{ part }}_figures as (
    select figures.*
    from figures
    where exists (
        select 1 from definitions
        where
            figures.mart = definitions.mart
            and figures.measure = definitions.{{ part }}
    )
),
{% endfor %}
numerators as (
    select
        figures.reporting_year,
        figures.territory_kind,
        figures.territory_code,
        definitions.indicator_code,
        figures.cut,
        figures.cut_value,
        figures.cut_value_label_fr,
        figures.territory_name,
        definitions.label_fr,
        definitions.method_version,
        definitions.mart,
        definitions.measure,
        definitions.denominator as denominator_measure,
        definitions.coverage_numerator as coverage_numerator_measure,
        definitions.coverage_denominator as coverage_denominator_measure,
        definitions.unit,
        figures.measure_value as numerator
    from figures
    inner join definitions
        on
            figures.mart = definitions.mart
            and figures.cut = definitions.cut
            and figures.measure = definitions.numerator
),

final as (
    select
        numerators.reporting_year,
        numerators.territory_kind,
        numerators.territory_code,
        numerators.indicator_code,
        numerators.cut,
        numerators.cut_value,
        numerators.method_version,
        numerators.numerator,
        denominators.measure_value as denominator,
        own_values.measure_value as value, -- noqa: RF04
        numerators.unit,
        {{ exact_rate('coverage_numerators.measure_value', 'coverage_denominators.measure_value') }} as coverage,
        {{ build_id() }} as build_id,
        numerators.label_fr,
        numerators.cut_value_label_fr,
        numerators.territory_name
    from numerators
    left join measure_figures as own_values
        using (reporting_year, territory_kind, territory_code, mart, cut, cut_value, measure)
    left join denominator_figures as denominators
        on {{ same_cell('numerators', 'denominators') }} and numerators.denominator_measure = denominators.measure
    left join coverage_numerator_figures as coverage_numerators
        on
            {{ same_cell('numerators', 'coverage_numerators') }}
            and numerators.coverage_numerator_measure = coverage_numerators.measure
    left join coverage_denominator_figures as coverage_denominators
        on
            {{ same_cell('numerators', 'coverage_denominators') }}
            and numerators.coverage_denominator_measure = coverage_denominators.measure
)

select * from final
