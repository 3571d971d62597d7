with definitions as (select * from {{ ref('indicator_definitions') }}),

plie_measures as (select * from {{ ref('int_plie__indicator_measures') }}),

clause_measures as (select * from {{ ref('int_clause__indicator_measures') }}),

network_measures as (select * from {{ ref('int_network__indicator_measures') }}),

survey_measures as (select * from {{ ref('int_survey__indicator_measures') }}),

measures as (
    select * from plie_measures
    union all
    select * from clause_measures
    union all
    select * from network_measures
    union all
    select * from survey_measures
),

-- The columns that a definition names, each looked up in the aggregate that it names.
numerators as (
    select
        measures.reporting_year,
        measures.territory_kind,
        measures.territory_code,
        definitions.indicator_code,
        measures.cut,
        measures.cut_value,
        measures.cut_value_label_fr,
        measures.territory_name,
        definitions.label_fr,
        definitions.method_version,
        definitions.mart,
        definitions.value_column,
        definitions.denominator_column,
        definitions.coverage_numerator_column,
        definitions.coverage_denominator_column,
        definitions.unit,
        measures.measure_value as numerator
    from measures
    inner join definitions
        on
            measures.mart = definitions.mart
            and measures.cut = definitions.cut
            and measures.measure = definitions.numerator_column
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
        found_values.measure_value as value, -- noqa: RF04
        numerators.unit,
        {{ exact_rate('coverage_numerators.measure_value', 'coverage_denominators.measure_value') }} as coverage,
        {{ build_id() }} as build_id,
        numerators.label_fr,
        numerators.cut_value_label_fr,
        numerators.territory_name
    from numerators
    left join measures as found_values
        on {{ same_cell('numerators', 'found_values') }} and numerators.value_column = found_values.measure
    left join measures as denominators
        on {{ same_cell('numerators', 'denominators') }} and numerators.denominator_column = denominators.measure
    left join measures as coverage_numerators
        on
            {{ same_cell('numerators', 'coverage_numerators') }}
            and numerators.coverage_numerator_column = coverage_numerators.measure
    left join measures as coverage_denominators
        on
            {{ same_cell('numerators', 'coverage_denominators') }}
            and numerators.coverage_denominator_column = coverage_denominators.measure
)

select * from final
