-- Each definition finds its columns: every indicator has a row for each year and territory that has outcomes, or its numerator
-- is unknown there. A misspelt column would otherwise drop an indicator without a word. The sample has rows for all; the
-- first deliveries of a year may have no exit at all, and that is no fault of the definitions.
with definitions as (select * from {{ ref('indicator_definitions') }}),

indicators as (select * from {{ ref('indicators') }}),

measures as (
    {%- for subject in ['plie', 'clause', 'network', 'survey'] %}
    select
        mart,
        cut,
        measure
    from {{ ref('int_' ~ subject ~ '__indicator_measures') }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

named_columns as (
    select
        indicator_code,
        cut,
        mart,
        named_column
    from definitions
    unpivot (
        named_column for role in (
            value_column, numerator_column, denominator_column, coverage_numerator_column, coverage_denominator_column
        )
    )
),

unknown_columns as (
    select
        named_columns.indicator_code,
        named_columns.cut,
        named_columns.named_column as problem
    from named_columns
    left join measures
        on
            named_columns.mart = measures.mart
            and named_columns.cut = measures.cut
            and named_columns.named_column = measures.measure
    where measures.measure is null
),

unused_definitions as (
    select
        definitions.indicator_code,
        definitions.cut,
        'no row' as problem
    from definitions
    left join indicators
        on
            definitions.indicator_code = indicators.indicator_code
            and definitions.cut = indicators.cut
    where indicators.indicator_code is null
),

-- A cut may name several aggregates, but a figure has one definition.
wrong_values as (
    select
        indicators.indicator_code,
        indicators.cut,
        'value is not numerator / denominator' as problem
    from indicators
    inner join definitions
        on
            indicators.indicator_code = definitions.indicator_code
            and indicators.cut = definitions.cut
            and indicators.method_version = definitions.method_version
    where
        indicators.denominator > 0
        and abs(
            cast(indicators.value as double)
            - cast(indicators.numerator as double) / cast(indicators.denominator as double)
        ) > 0.500001 * power(10, -definitions.value_decimals)
)

{% if not reads_store() -%}
select * from unknown_columns
union all
select * from unused_definitions
union all
{% endif -%}
select * from wrong_values
