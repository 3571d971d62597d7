-- The three rates of a year with what they are made of, one line each, so that they are not confused (D15).
select
    indicators.reporting_year,
    definitions.label_fr,
    indicators.value as rate,
    indicators.numerator,
    indicators.denominator,
    definitions.definition_fr,
    indicators.method_version
from {{ ref('indicators') }} as indicators
inner join {{ ref('measures') }} as definitions using (indicator_code, cut, method_version)
where
    indicators.territory_kind = 'national'
    and indicators.indicator_code in ('positive_rate_raw', 'positive_rate_neutralised', 'positive_per_entry')
    and indicators.cut = 'total'
order by indicators.reporting_year, indicators.indicator_code
