-- Every figure that the network printed, with ours at the printed rounding (D55). Nothing else in the project reads what was
-- printed. A figure is contradicted, and not different, when the other figures of its own source give ours, or give ours under
-- other words. Where the words can be read in two ways, the value of the other reading stands beside ours.
-- D61: each of our values leads to the rows behind its numerator and its denominator.
with figures as (select * from {{ ref('printed_figures') }}),

contradictions as (select * from {{ ref('printed_contradictions') }}),

readings as (select * from {{ ref('printed_readings') }}),

statuses as (select * from {{ ref('comparison_statuses') }}),

parameters as (select * from {{ ref('parameters') }}),

measures as (select * from {{ ref('measures') }}),

indicators as (select * from {{ ref('indicators') }}),

network_coverage as (select * from {{ ref('network_coverage') }}),

sheet_figures as (select * from {{ ref('action_sheet_figures') }}),

asked as (
    select
        figure_id,
        false as is_other_reading,
        indicator_code,
        cut,
        cut_values,
        method_version
    from figures
    where indicator_code is not null
    union all
    select
        figure_id,
        true as is_other_reading,
        indicator_code,
        cut,
        cut_values,
        method_version
    from readings
),

-- A printed group, local authorities, may be several values of a cut: they are disjoint and have one base.
wanted as (
    select
        asked.figure_id,
        asked.is_other_reading,
        figures.reporting_year,
        figures.territory_kind,
        figures.territory_code,
        asked.indicator_code,
        asked.cut,
        {{ each_part('asked.cut_values') }} as cut_value,
        asked.method_version,
        figures.part = 'change' as is_change
    from asked
    inner join figures using (figure_id)
),

with_parts as (
    select
        wanted.figure_id,
        wanted.is_other_reading,
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
    group by wanted.figure_id, wanted.is_other_reading
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

ours as (
    select *
    from fractions
    where not is_other_reading
),

others as (
    select *
    from fractions
    where is_other_reading
),

-- D73: the value in force on the last day of the year of the figure.
restated as (
    select
        figures.figure_id,
        parameters.value as parameter_value
    from figures
    inner join parameters
        on
            figures.parameter_name = parameters.name
            and {{ in_force('parameters', last_day_of_year('figures.reporting_year')) }}
),

-- D72: what an action sheet declares, by its code and the number of the line, and what steps count beside it. Neither is ours.
declared as (
    select
        figures.figure_id,
        sheet_figures.declared_value,
        sheet_figures.counted_value
    from figures
    inner join sheet_figures
        on
            figures.indicator_code is null
            and figures.reporting_year = sheet_figures.reporting_year
            and figures.cut = sheet_figures.sheet_id
            and figures.cut_values = cast(sheet_figures.line_no as {{ text_type() }})
),

-- D75: the years of which enough PLIE delivered; the sample is a network of its own.
national_years as (
    select network_coverage.reporting_year
    from network_coverage
    inner join parameters
        on
            parameters.name = 'comparison_min_participation'
            and {{ in_force('parameters', last_day_of_year('network_coverage.reporting_year')) }}
    where
        network_coverage.territory_kind = 'national'
        and network_coverage.plie_participating >= parameters.value * network_coverage.plie_existing_in_year
),

compared as (
    select
        figures.*,
        ours.numerator,
        ours.denominator,
        ours.build_id,
        coalesce(
            {{ displayed_at('(ours.above * figures.factor)', 'ours.below', 'figures.rounding') }},
            restated.parameter_value
        ) as our_value,
        coalesce(
            {{ exact_display('(ours.above * figures.factor)', 'ours.below') }},
            restated.parameter_value
        ) as exact_value,
        {{ displayed_at('(others.above * figures.factor)', 'others.below', 'figures.rounding') }} as other_value,
        declared.declared_value,
        declared.counted_value,
        readings.reading_fr,
        readings.other_reading_fr,
        contradictions.arithmetic_fr,
        coalesce(contradictions.is_label, false) as is_label,
        {{ displayed_at(millionths('contradictions.implied_low'), millionths(1), 'figures.rounding') }} as implied_low,
        {{ displayed_at(millionths('contradictions.implied_high'), millionths(1), 'figures.rounding') }} as implied_high,
        case
            when figures.derivable_from = 'lignes des PLIE'
                then
                    years.reporting_year is not null
                    and (figures.part <> 'change' or previous_years.reporting_year is not null)
            else true
        end as is_of_the_network
    from figures
    left join ours using (figure_id)
    left join others using (figure_id)
    left join restated using (figure_id)
    left join declared using (figure_id)
    left join readings using (figure_id)
    left join contradictions using (figure_id)
    left join national_years as years using (reporting_year)
    left join national_years as previous_years on figures.reporting_year = previous_years.reporting_year + 1
),

with_equality as (
    select
        *,
        our_value = printed_value as is_same
    from compared
),

with_status as (
    select
        *,
        case
            when declared_value is not null then case when declared_value = printed_value then 'declared' else 'differs' end
            when our_value is null then 'not_computable'
            when parameter_name is not null then case when is_same then 'rule' else 'differs' end
            when not is_of_the_network or not {{ reads_store() }} then 'not_comparable'
            when is_same and not is_label then 'reproduced'
            when
                printed_value not between implied_low and implied_high
                and (our_value between implied_low and implied_high or (is_same and is_label))
                then 'contradicted'
            else 'differs'
        end as status
    from with_equality
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
        with_status.qualifier,
        with_status.printed_decimals,
        with_status.our_value,
        with_status.exact_value,
        with_status.declared_value,
        with_status.counted_value,
        with_status.reading_fr,
        with_status.other_reading_fr,
        with_status.other_value,
        with_status.status,
        statuses.label_fr as status_label_fr,
        case
            when with_status.status = 'contradicted' then with_status.arithmetic_fr
            when with_status.status in ('rule', 'not_comparable', 'declared') then statuses.meaning_fr
            when with_status.indicator_code is null and with_status.cut is not null and with_status.status = 'not_computable'
                then
                    'La fiche ' || with_status.cut || ' n' || {{ apostrophe() }}
                    || 'est pas dans le registre des fiches action de ' || with_status.reporting_year || '.'
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
        with_status.parameter_name,
        case
            when with_status.parameter_name is not null then 'D73'
            when with_status.declared_value is not null then 'D72'
            else definitions.rule_id
        end as rule_id,
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
