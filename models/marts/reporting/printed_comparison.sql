-- Every figure that the network printed, beside ours at the printed rounding (D55). Nothing else in the project reads what was
-- printed. A figure is contradicted, and not different, when the other figures of its own source give ours.
with figures as (select * from {{ ref('printed_figures') }}),

contradictions as (select * from {{ ref('printed_contradictions') }}),

statuses as (select * from {{ ref('comparison_statuses') }}),

definitions as (select * from {{ ref('indicator_definitions') }}),

numerator_rows as (select * from {{ ref('numerator_rows') }}),

indicators as (select * from {{ ref('indicators') }}),

-- A printed group, local authorities, may be several values of a cut: they are disjoint and have one base.
wanted as (
    select
        figure_id,
        reporting_year,
        territory_kind,
        territory_code,
        indicator_code,
        cut,
        unnest(string_split(cut_values, '|')) as cut_value,
        method_version,
        part = 'change' as is_change
    from figures
    where indicator_code is not null
),

found as (
    select
        wanted.figure_id,
        bool_or(wanted.is_change) as is_change,
        count(*) = count(indicators.numerator)
        and (count(*) = count(previous.numerator) or not bool_or(wanted.is_change)) as is_complete,
        cast(sum(indicators.numerator) as decimal(18, 6)) as numerator,
        max(indicators.denominator) as denominator,
        sum(previous.numerator) as previous_numerator,
        max(previous.denominator) as previous_denominator,
        max(indicators.build_id) as build_id
    from wanted
    left join indicators
        on
            wanted.reporting_year = indicators.reporting_year
            and {{ same_territory('wanted', 'indicators') }}
            and wanted.indicator_code = indicators.indicator_code
            and wanted.cut = indicators.cut
            and wanted.cut_value = indicators.cut_value
            and wanted.method_version = indicators.method_version
    left join indicators as previous
        on
            wanted.is_change
            and wanted.reporting_year = previous.reporting_year + 1
            and {{ same_territory('wanted', 'previous') }}
            and wanted.indicator_code = previous.indicator_code
            and wanted.cut = previous.cut
            and wanted.cut_value = previous.cut_value
            and wanted.method_version = previous.method_version
    group by wanted.figure_id
),

-- As whole numbers: a rounded value is not rounded again, nor two of them subtracted.
fractions as (
    select
        *,
        case
            when is_change
                then
                    {{ millionths('numerator') }} * {{ millionths('previous_denominator') }}
                    - {{ millionths('previous_numerator') }} * {{ millionths('denominator') }}
            else {{ millionths('numerator') }}
        end as above,
        case
            when is_change then {{ millionths('denominator') }} * {{ millionths('previous_denominator') }}
            else {{ millionths('coalesce(denominator, 1)') }}
        end as below
    from found
    where is_complete
),

compared as (
    select
        figures.*,
        fractions.numerator,
        fractions.denominator,
        fractions.build_id,
        fractions.figure_id is not null as is_found,
        {{ displayed_at('(fractions.above * figures.factor)', 'fractions.below', 'figures.rounding') }} as our_value,
        {{ exact_display('(fractions.above * figures.factor)', 'fractions.below') }} as exact_value,
        contradictions.arithmetic_fr,
        {{ displayed_at(millionths('contradictions.implied_low'), millionths(1), 'figures.rounding') }} as implied_low,
        {{ displayed_at(millionths('contradictions.implied_high'), millionths(1), 'figures.rounding') }} as implied_high
    from figures
    left join fractions on figures.figure_id = fractions.figure_id
    left join contradictions on figures.figure_id = contradictions.figure_id
),

judged as (
    select
        *,
        case
            when our_value is null then 'not_computable'
            when our_value = printed_value then 'reproduced'
            when
                our_value between implied_low and implied_high
                and printed_value not between implied_low and implied_high
                then 'contradicted'
            else 'differs'
        end as status
    from compared
),

final as (
    select
        judged.figure_id,
        judged.document,
        judged.section,
        judged.period,
        judged.label_fr,
        judged.scope,
        judged.derivable_from,
        judged.unit,
        judged.printed_value,
        judged.printed_decimals,
        judged.our_value,
        judged.exact_value,
        judged.status,
        statuses.label_fr as status_label_fr,
        case
            when judged.status = 'contradicted' then judged.arithmetic_fr
            when judged.indicator_code is null then judged.not_computable_fr
            when judged.status = 'not_computable'
                then 'Rien de ce qui est livré pour ' || judged.reporting_year || ' ne donne cet indicateur.'
        end as explanation_fr,
        judged.numerator,
        judged.denominator,
        judged.reporting_year,
        judged.territory_kind,
        judged.territory_code,
        judged.indicator_code,
        judged.cut,
        judged.cut_values,
        judged.method_version,
        definitions.rule_id,
        definitions.definition_fr,
        {{ rows_of_a_figure('judged', 'numerator_rows.rows_sql') }} as rows_sql,
        judged.build_id
    from judged
    inner join statuses on judged.status = statuses.status
    left join definitions
        on
            judged.indicator_code = definitions.indicator_code
            and judged.cut = definitions.cut
            and judged.method_version = definitions.method_version
    left join numerator_rows
        on
            definitions.mart = numerator_rows.mart
            and definitions.cut = numerator_rows.cut
            and definitions.numerator_column = numerator_rows.numerator_column
)

select * from final
