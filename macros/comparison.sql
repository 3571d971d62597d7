{#- A bound of the interval of Wilson for a share, as a rate of six decimals (D62): it stays in [0, 1], and is not empty for a share of
    0 or 1, as that of the normal approximation would be.
      quantile   of the normal distribution; negative for the lower bound -#}
{% macro wilson_bound(share, base, quantile) -%}
    cast(
        (
            {{ share }} + power({{ quantile }}, 2) / (2 * {{ base }})
            + {{ quantile }} * sqrt(({{ share }} * (1 - {{ share }}) + power({{ quantile }}, 2) / (4 * {{ base }})) / {{ base }})
        ) / (1 + power({{ quantile }}, 2) / {{ base }})
        as decimal(9, 6)
    )
{%- endmacro %}

{#- The headline figures of each PLIE beside those of its region and of the country, with its rank among the PLIE that have the
    figure, and an interval for a share: one row per year, PLIE and figure that has a value (D62). It says of its table what its table
    holds: of the published indicators, a figure that is suppressed has no row, takes no rank, and a share whose counts are not shown
    has no interval.
      indicators   relation with the columns of marts.indicators, or of its published copy -#}
{% macro plie_beside_others(indicators) -%}
    with indicators as (select * from {{ indicators }}),

    headline_figures as (select * from {{ ref('headline_figures') }}),

    plie as (select * from {{ ref('dim_plie') }}),

    years as (
        {{ years_with_parameters([indicators], {'interval_quantile': real_type()}) }}
    ),

    figures as (
        select
            indicators.*,
            headline_figures.display_order,
            headline_figures.has_interval
        from indicators
        inner join headline_figures using (indicator_code, cut, cut_value)
        where indicators.value is not null
    ),

    of_plie as (
        select
            *,
            rank() over (
                partition by reporting_year, indicator_code, cut, cut_value, method_version
                order by value desc
            ) as value_rank,
            count(*) over (
                partition by reporting_year, indicator_code, cut, cut_value, method_version
            ) as ranked_plie,
            case when has_interval and numerator is not null and denominator > 0 then cast(numerator as {{ real_type() }}) / denominator end
                as share
        from figures
        where territory_kind = 'plie'
    ),

    final as (
        select
            of_plie.reporting_year,
            of_plie.territory_code as plie_code,
            of_plie.indicator_code,
            of_plie.cut,
            of_plie.cut_value,
            of_plie.method_version,
            of_plie.territory_name as plie_name,
            plie.region_code,
            plie.region_name,
            of_plie.label_fr,
            of_plie.cut_value_label_fr,
            of_plie.unit,
            of_plie.numerator,
            of_plie.denominator,
            of_plie.value, -- noqa: RF04
            {{ wilson_bound('of_plie.share', 'of_plie.denominator', '-years.interval_quantile') }} as interval_low,
            {{ wilson_bound('of_plie.share', 'of_plie.denominator', 'years.interval_quantile') }} as interval_high,
            regions.value as region_value,
            nation.value as national_value,
            cast(of_plie.value_rank as bigint) as value_rank,
            cast(of_plie.ranked_plie as bigint) as ranked_plie,
            of_plie.display_order
        from of_plie
        inner join years using (reporting_year)
        inner join plie on of_plie.territory_code = plie.plie_code
        {%- for level, alias, code in [('region', 'regions', 'plie.region_code'), ('national', 'nation', "'FR'")] %}
        left join figures as {{ alias }}
            on
                of_plie.reporting_year = {{ alias }}.reporting_year
                and {{ alias }}.territory_kind = '{{ level }}'
                and {{ alias }}.territory_code = {{ code }}
                and of_plie.indicator_code = {{ alias }}.indicator_code
                and of_plie.cut = {{ alias }}.cut
                and of_plie.cut_value = {{ alias }}.cut_value
                and of_plie.method_version = {{ alias }}.method_version
        {%- endfor %}
    )

    select * from final
{%- endmacro %}
