-- What is shown equals the long table, to the last digit; what is not shown is absent; the nation is never suppressed (D60).
with published as (select * from {{ ref('published_indicators') }}),

indicators as (select * from {{ ref('indicators') }}),

statuses as (select * from {{ ref('publication_statuses') }})

select
    published.reporting_year,
    published.territory_kind,
    published.territory_code,
    published.indicator_code,
    published.cut,
    published.cut_value
from published
inner join indicators using (reporting_year, territory_kind, territory_code, indicator_code, cut, cut_value, method_version)
inner join statuses using (status)
where
    case when statuses.is_shown then published.value is distinct from indicators.value else published.value is not null end
    or published.numerator is distinct from
    case when published.numerator_status = {{ publication_status('publie') }} then indicators.numerator end
    or published.denominator is distinct from
    case when published.denominator_status = {{ publication_status('publie') }} then indicators.denominator end
    or (published.territory_kind = 'national' and published.value is distinct from indicators.value)
