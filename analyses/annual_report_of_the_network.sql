-- What the annual reports print of the network and of the survey: who exists, takes part, is covered; members by kind; funding,
-- allocations, teams and partner companies of those that answered. Shares and averages as readers see them (D55: 215 ETP of 28
-- PLIE show as 8), with the exact value and its parts.
with indicators as (
    select *
    from {{ ref('indicators') }}
    where
        territory_kind = 'national'
        and method_version in ('network-1', 'survey-1')
),

definitions as (select * from {{ ref('measures') }}),

counts as (
    select
        *,
        cast(value as decimal(18, 0)) as displayed_value
    from indicators
    where
        denominator is null
        and unit not in ('euros', 'ETP')
),

rates as (
    select
        *,
        {{ displayed('numerator', 'denominator', factor=100) }} as displayed_value
    from indicators
    where
        unit = 'taux'
        and numerator >= 0
),

averages as (
    select
        *,
        {{ displayed('numerator', 'denominator') }} as displayed_value
    from indicators
    where
        denominator is not null
        and unit <> 'taux'
),

lines as (
    select * from counts
    union all
    select * from rates
    union all
    select * from averages
)

select
    lines.reporting_year,
    lines.label_fr,
    lines.cut_value_label_fr,
    lines.displayed_value,
    case when lines.unit = 'taux' then '%' else lines.unit end as displayed_unit,
    lines.value as exact_value,
    lines.numerator,
    lines.denominator,
    lines.coverage,
    definitions.definition_fr
from lines
inner join definitions using (indicator_code, cut, method_version)
order by lines.reporting_year asc, definitions.mart asc, lines.indicator_code asc, lines.cut asc, lines.cut_value asc
