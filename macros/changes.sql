{#- What changed from the year before: one row per row of an indicator table that has a figure in both years under the same
    method. The exact change is that of the quotients and not of their rounded values, and what readers see of it is rounded
    once, from there; the difference of the two displayed values has a column of its own (D55). A quotient whose
    numerator or denominator is not in the table has no row: its exact value is not known there.
    Whole numbers of millionths throughout; a product that passes 2^127 (amounts of several thousand million) is an error.
      indicators   relation with the columns of marts.indicators, or of its published copy -#}
{% macro changes_between_years(indicators) -%}
    with definitions as (
        {{ numbered_indicators() }}
    ),

    figures as (
        select
            indicators.*,
            definitions.definition_no,
            definitions.denominator is null as is_count,
            definitions.value_decimals,
            definitions.shown_factor,
            definitions.shown_decimals,
            definitions.change_unit
        from {{ indicators }} as indicators
        inner join definitions using (indicator_code, cut, method_version)
        where indicators.value is not null
    ),

    -- The table is read a second time, without its texts: what one query uses twice is held whole.
    previous as (
        select
            indicators.reporting_year,
            indicators.territory_kind,
            indicators.territory_code,
            indicators.cut_value,
            indicators.value, -- noqa: RF04
            indicators.numerator,
            indicators.denominator,
            definitions.definition_no
        from {{ indicators }} as indicators
        inner join definitions using (indicator_code, cut, method_version)
        where indicators.value is not null
    ),

    paired as (
        select
            figures.*,
            previous.value as previous_value,
            previous.reporting_year as previous_reporting_year,
            {%- for figure, prefix in [('figures', ''), ('previous', 'previous_')] %}
            {{ millionths('case when figures.is_count then ' ~ figure ~ '.value else ' ~ figure ~ '.numerator end') }}
                as {{ prefix }}top,
            {{ millionths('case when figures.is_count then 1 else ' ~ figure ~ '.denominator end') }}
                as {{ prefix }}bottom{{ ',' if not loop.last }}
            {%- endfor %}
        from figures
        inner join previous
            on
                figures.reporting_year - 1 = previous.reporting_year
                and figures.definition_no = previous.definition_no
                and {{ same_territory('figures', 'previous') }}
                and figures.cut_value = previous.cut_value
    ),

    changed as (
        select
            *,
            top * previous_bottom - previous_top * bottom as change_top,
            bottom * previous_bottom as change_bottom
        from paired
    ),

    shown as (
        select
            *,
            {{ displayed_at('change_top', 'change_bottom', 'value_decimals') }} as change,
            {{ displayed_at('(top * shown_factor)', 'bottom', 'shown_decimals') }} as value_shown,
            {{ displayed_at('(previous_top * shown_factor)', 'previous_bottom', 'shown_decimals') }} as previous_value_shown,
            {{ displayed_at('(change_top * shown_factor)', 'change_bottom', 'shown_decimals') }} as change_shown
        from changed
        where change_top is not null
    ),

    final as (
        select
            reporting_year,
            territory_kind,
            territory_code,
            indicator_code,
            cut,
            cut_value,
            method_version,
            previous_reporting_year,
            value, -- noqa: RF04
            previous_value,
            change,
            unit,
            value_shown,
            previous_value_shown,
            change_shown,
            cast(value_shown - previous_value_shown as decimal(18, 6)) as difference_of_shown,
            change_shown <> value_shown - previous_value_shown as is_rounding_apart,
            change_unit,
            build_id,
            label_fr,
            cut_value_label_fr,
            territory_name
        from shown
    )

    select * from final
{%- endmacro %}
