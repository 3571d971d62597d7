-- Each row of the registry is whole: what is wrong with it, in one sentence that says what to do (D18, D60, D61).
with measures as (select * from {{ ref('measures') }}),

quantities as (select * from {{ ref('published_quantities') }}),

territory_kinds as (select * from {{ ref('territory_kinds') }}),

rules as (select * from {{ ref('rules') }}),

-- Every measure that a row names, with what for.
named_measures as (
    select
        mart,
        cut,
        measure,
        indicator_code,
        named_as,
        named_measure
    from measures
    unpivot (
        named_measure for named_as in (numerator, denominator, coverage_numerator, coverage_denominator, suppressed_with)
    )
),

parts_of_indicators as (
    select distinct
        mart,
        cut,
        named_measure as measure
    from named_measures
    where
        indicator_code is not null
        and named_as in ('numerator', 'denominator')
),

repeated_indicators as (
    select
        indicator_code,
        cut,
        method_version
    from measures
    where indicator_code is not null
    group by indicator_code, cut, method_version
    having count(*) > 1
),

with_lists as (
    select
        measures.*,
        quantities.quantity as known_quantity,
        quantities.is_rate,
        territory_kinds.territory_kind as known_level,
        rules.rule_id as known_rule,
        parts_of_indicators.measure is not null as is_part_of_indicator,
        repeated_indicators.indicator_code is not null as is_repeated_indicator
    from measures
    left join quantities using (quantity)
    left join territory_kinds on measures.finest_level = territory_kinds.territory_kind
    left join rules using (rule_id)
    left join parts_of_indicators using (mart, cut, measure)
    left join repeated_indicators using (indicator_code, cut, method_version)
),

problems as (
    select
        mart,
        cut,
        measure,
        unnest([
            case when known_quantity is null then 'Give quantity a code of published_quantities.csv.' end,
            case when known_level is null then 'Give finest_level a code of territory_kinds.csv.' end,
            case when is_repeated is null then 'Say in is_repeated whether every row of the cut has the same figure.' end,
            case when numerator is null then 'Name in numerator the measure that is divided, or the measure itself.' end,
            case
                when is_rate and denominator is null
                    then 'Name in denominator the measure that the rate is divided by.'
            end,
            case
                when not is_rate and (denominator is not null or numerator <> measure)
                    then 'Give a measure that is a quotient the quantity of a rate, and another no denominator.'
            end,
            case
                when (coverage_numerator is null) <> (coverage_denominator is null)
                    then 'Fill both coverage_numerator and coverage_denominator, or neither.'
            end,
            case
                when
                    indicator_code is not null
                    and (
                        method_version is null or unit is null or value_decimals is null or shown_factor is null
                        or shown_decimals is null or change_unit is null or label_fr is null or definition_fr is null
                        or source is null
                    )
                    then 'Fill every column of the indicator, from method_version to source, or empty indicator_code.'
            end,
            case
                when indicator_code is not null and known_rule is null
                    then 'Give rule_id the rule of rules.csv that the indicator states.'
            end,
            case
                when
                    indicator_code is not null
                    and denominator = 'exits_excluding_neutralised'
                    and not contains(lower(label_fr), 'neutralis')
                    then 'Say in label_fr that neutralised exits are left out (D15).'
            end,
            case
                when
                    indicator_code is null
                    and coalesce(
                        method_version, unit, cast(value_decimals as {{ text_type() }}), cast(shown_factor as {{ text_type() }}),
                        cast(shown_decimals as {{ text_type() }}), change_unit, rule_id, label_fr, definition_fr, source,
                        coverage_numerator
                    ) is not null
                    then 'Give the indicator its indicator_code, or empty the columns from method_version to source.'
            end,
            case
                when is_repeated_indicator
                    then 'Give one of the rows with this indicator_code and cut another method_version.'
            end,
            case
                when is_part_of_indicator and rows_sql is null
                    then 'Write in rows_sql the query of the rows behind the measure: an indicator is made of it.'
            end,
            case
                when (rows_sql is null) <> (is_summed is null)
                    then 'Say in is_summed whether the rows of rows_sql are summed or counted.'
            end
        ]) as problem
    from with_lists
    union all
    select
        named_measures.mart,
        named_measures.cut,
        named_measures.measure,
        'Name in ' || named_measures.named_as || ' a measure of the same mart and cut: ' || named_measures.named_measure
        || ' has no row.' as problem
    from named_measures
    left join measures
        on
            named_measures.mart = measures.mart
            and named_measures.cut = measures.cut
            and named_measures.named_measure = measures.measure
    where measures.measure is null
)

select *
from problems
where problem is not null
