-- Every figure that the network printed, with ours at the printed rounding (D55). Nothing else in the project reads what was
-- printed. A figure is contradicted, and not different, when the other figures of its own source give ours.
-- D61: each of our values leads to the rows behind its numerator and its denominator.
with figures as (select * from {{ ref('printed_figures') }}),

contradictions as (select * from {{ ref('printed_contradictions') }}),

statuses as (select * from {{ ref('comparison_statuses') }}),

measures as (select * from {{ ref('measures') }}),

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

with_parts as (
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
        using (reporting_year, territory_kind, territory_code, indicator_code, cut, cut_value, method_version)
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
    from with_parts
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
    left join fractions using (figure_id)
    left join contradictions using (figure_id)
),

with_status as (
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
        with_status.figure_id,
        with_status.document,
        with_status.section,
        with_status.period,
        with_status.label_fr,
        with_status.scope,
        with_status.derivable_from,
        with_status.unit,
        with_status.printed_value,
        with_status.printed_decimals,
        with_status.our_value,
        with_status.exact_value,
        with_status.status,
        statuses.label_fr as status_label_fr,
        case
            when with_status.status = 'contradicted' then with_status.arithmetic_fr
            when with_status.indicator_code is null then with_status.not_computable_fr
            when with_status.status = 'not_computable'
                then 'Rien de ce qui est livré pour ' || with_status.reporting_year || ' ne donne cet indicateur.'
        end as explanation_fr,
        with_status.numerator,
        with_status.denominator,
        with_status.reporting_year,
        with_status.territory_kind,
        with_status.territory_code,
        with_status.indicator_code,
        with_status.cut,
        with_status.cut_values,
        with_status.method_version,
        definitions.rule_id,
        definitions.definition_fr,
        {{ rows_of_a_figure('with_status', 'numerators.rows_sql') }} as rows_sql,
        {{ rows_of_a_figure('with_status', 'denominators.rows_sql') }} as denominator_rows_sql,
        with_status.build_id
    from with_status
    inner join statuses using (status)
    left join measures as definitions using (indicator_code, cut, method_version)
    left join measures as numerators
        on
            definitions.mart = numerators.mart
            and definitions.cut = numerators.cut
            and definitions.numerator = numerators.measure
    left join measures as denominators
        on
            definitions.mart = denominators.mart
            and definitions.cut = denominators.cut
            and definitions.denominator = denominators.measure
)

select * from final
