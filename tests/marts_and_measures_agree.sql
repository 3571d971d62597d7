-- Marts and registry have the same measures, and each rate is its numerator over its denominator: what is wrong, in one sentence
-- that says what to do (D18, D61).
with measures as (select * from {{ ref('measures') }}),

figures as (
    {{ all_measures() }}
),

registered_columns as (
    select distinct
        mart,
        measure
    from measures
),

-- Every number of an aggregate but the year is a measure, with figures or without.
mart_columns as (
    select
        table_name as mart,
        column_name as measure,
        numeric_scale as decimals
    from information_schema.columns
    where
        table_schema = '{{ generate_schema_name('marts', none) }}'
        and table_name in (select registered_columns.mart from registered_columns)
        and column_name <> 'reporting_year'
        and regexp_matches(data_type, '^(DECIMAL|DOUBLE|FLOAT|REAL|U?(TINY|SMALL|BIG|HUGE)?INT)')
),

cells as (
    select distinct
        mart,
        cut,
        measure
    from figures
),

given_cuts as (
    select distinct
        mart,
        cut
    from cells
),

-- Each rate, its numerator and its denominator: what a rate is made of lies side by side by grouping, in less memory than joins.
parts as (
    {%- for part in ['measure', 'numerator', 'denominator'] %}
    select
        mart,
        cut,
        measure as rate,
        '{{ part }}' as part,
        {{ part }} as part_measure
    from measures
    where denominator is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

values_of_rates as (
    select
        figures.reporting_year,
        figures.territory_kind,
        figures.territory_code,
        figures.mart,
        figures.cut,
        figures.cut_value,
        parts.rate,
        max(case when parts.part = 'measure' then figures.measure_value end) as rate_value,
        max(case when parts.part = 'numerator' then figures.measure_value end) as numerator,
        max(case when parts.part = 'denominator' then figures.measure_value end) as denominator
    from figures
    inner join parts
        on
            figures.mart = parts.mart
            and figures.cut = parts.cut
            and figures.measure = parts.part_measure
    group by
        figures.reporting_year,
        figures.territory_kind,
        figures.territory_code,
        figures.mart,
        figures.cut,
        figures.cut_value,
        parts.rate
),

rates as (
    select
        values_of_rates.*,
        mart_columns.decimals
    from values_of_rates
    left join mart_columns
        on
            values_of_rates.mart = mart_columns.mart
            and values_of_rates.rate = mart_columns.measure
),

problems as (
    select
        mart_columns.mart,
        null as cut,
        mart_columns.measure,
        'Add a row of the measure to seeds/reference/measures.csv: the mart has it, the registry does not.' as problem
    from mart_columns
    left join registered_columns using (mart, measure)
    where registered_columns.measure is null
    union all
    select
        registered_columns.mart,
        null as cut,
        registered_columns.measure,
        'Remove the measure from seeds/reference/measures.csv, or add it to the mart, which does not have it.' as problem
    from registered_columns
    left join mart_columns using (mart, measure)
    where mart_columns.measure is null
    union all
    select
        cells.mart,
        cells.cut,
        cells.measure,
        'Add a row of the measure by this cut to seeds/reference/measures.csv: the mart has it, the registry does not.' as problem
    from cells
    left join measures using (mart, cut, measure)
    where measures.measure is null
    {% if not reads_store() -%}
    -- The sample has rows for every cut; the first deliveries of a year may not.
    union all
    select
        measures.mart,
        measures.cut,
        measures.measure,
        'Remove the row from seeds/reference/measures.csv, or add the cut to the mart, which does not have it.' as problem
    from measures
    left join given_cuts using (mart, cut)
    where given_cuts.cut is null
    {% endif -%}
    union all
    select
        mart,
        cut,
        rate as measure,
        'Correct the formula in the mart or in seeds/reference/measures.csv: in ' || reporting_year || ', ' || territory_kind
        || ' ' || territory_code || ', ' || cut_value || ', the rate is not its numerator over its denominator.' as problem
    from rates
    where
        (rate_value is null) <> (numerator is null or coalesce(denominator, 0) = 0)
        or abs(cast(rate_value as double) - cast(numerator as double) / nullif(cast(denominator as double), 0))
        > 0.500001 * power(10, -decimals)
)

select *
from problems
