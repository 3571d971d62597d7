-- D61: what a PLIE did beside what its agreement promised, by year and method. What it did not deliver is null, not 0 (D18).
with targets as (select * from {{ ref('network_targets') }}),

measures as (select * from {{ ref('measures') }}),

indicators as (select * from {{ ref('indicators') }}),

-- An objective is of a PLIE as a whole.
with_method as (
    select
        targets.*,
        measures.method_version,
        measures.unit,
        measures.label_fr
    from targets
    inner join measures
        on
            targets.indicator_code = measures.indicator_code
            and measures.cut = {{ total_cut() }}
),

final as (
    select
        with_method.reporting_year,
        with_method.plie_code,
        with_method.indicator_code,
        with_method.method_version,
        with_method.from_year,
        with_method.to_year,
        with_method.target_value,
        cast(indicators.numerator as decimal(18, 6)) as numerator,
        cast(indicators.denominator as decimal(18, 6)) as denominator,
        cast(indicators.value as decimal(18, 6)) as done_value,
        cast(indicators.value - with_method.target_value as decimal(18, 6)) as difference,
        with_method.unit,
        with_method.label_fr
    from with_method
    left join indicators
        on
            with_method.reporting_year = indicators.reporting_year
            and indicators.territory_kind = 'plie'
            and with_method.plie_code = indicators.territory_code
            and with_method.indicator_code = indicators.indicator_code
            and indicators.cut = {{ total_cut() }}
            and with_method.method_version = indicators.method_version
)

select * from final
