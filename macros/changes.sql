{#- Two rows of an indicator table are of the same figure, whatever their years. -#}
{% macro same_figure(one, other) -%}
    {%- for key in ['territory_kind', 'territory_code', 'indicator_code', 'cut', 'cut_value', 'method_version'] %}
    {{ 'and ' if not loop.first }}{{ one }}.{{ key }} = {{ other }}.{{ key }}
    {%- endfor %}
{%- endmacro %}

{#- What changed from the year before: one row per row of an indicator table that has a figure in both years under the same
    method. The exact change is that of the quotients and not of their rounded values, and what readers see of it is rounded
    once, from there; the difference of the two displayed values has a column of its own (D55). A quotient whose
    numerator or denominator is not in the table has no row: its exact value is not known there.
    Whole numbers of millionths throughout; a product that passes 2^127 (amounts of several thousand million) is an error.
      indicators   relation with the columns of marts.indicators, or of its published copy -#}
{% macro changes_between_years(indicators) -%}
    with indicators as (select * from {{ indicators }}),

    measures as (select * from {{ ref('measures') }}),

    figures as (
        select
            indicators.*,
            measures.value_decimals,
            measures.shown_factor,
            measures.shown_decimals,
            measures.change_unit,
            {{ millionths('case when measures.denominator is null then indicators.value else indicators.numerator end') }}
                as top,
            {{ millionths('case when measures.denominator is null then 1 else indicators.denominator end') }}
                as bottom
        from indicators
        inner join measures using (indicator_code, cut, method_version)
        where indicators.value is not null
    ),

    paired as (
        select
            figures.*,
            previous.value as previous_value,
            previous.reporting_year as previous_reporting_year,
            previous.top as previous_top,
            previous.bottom as previous_bottom,
            figures.top * previous.bottom - previous.top * figures.bottom as change_top,
            figures.bottom * previous.bottom as change_bottom
        from figures
        inner join figures as previous
            on
                figures.reporting_year - 1 = previous.reporting_year
                and {{ same_figure('figures', 'previous') }}
    ),

    shown as (
        select
            *,
            {{ displayed_at('change_top', 'change_bottom', 'value_decimals') }} as change,
            {{ displayed_at('(top * shown_factor)', 'bottom', 'shown_decimals') }} as value_shown,
            {{ displayed_at('(previous_top * shown_factor)', 'previous_bottom', 'shown_decimals') }} as previous_value_shown,
            {{ displayed_at('(change_top * shown_factor)', 'change_bottom', 'shown_decimals') }} as change_shown
        from paired
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
