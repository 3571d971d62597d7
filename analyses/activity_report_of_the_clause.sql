-- The table that the activity report prints on the social clause: what a full-time facilitator follows, who buys, what, who
-- employs and who wins. Displayed as readers see it (D55), with the exact value and its parts.
with indicators as (
    select *
    from {{ ref('indicators') }}
    where territory_kind = 'national'
),

definitions as (select * from {{ ref('measures') }}),

averages as (
    select
        indicators.*,
        1 as section,
        {{ displayed('indicators.numerator', 'indicators.denominator') }} as displayed_value
    from indicators
    where indicators.indicator_code in (
        'buyers_per_facilitator', 'procurements_per_facilitator', 'hours_per_facilitator', 'etp_per_facilitator',
        'beneficiaries_per_facilitator', 'work_contracts_per_facilitator', 'employers_per_facilitator'
    )
),

shares_of_etp as (
    select
        indicators.*,
        2 as section,
        {{ displayed('indicators.numerator', 'indicators.denominator', decimals=2, factor=100) }} as displayed_value
    from indicators
    where
        (
            indicators.indicator_code = 'share_of_etp'
            and indicators.cut in ('buyer_type', 'nature')
            and indicators.numerator > 0
        )
        or indicators.indicator_code in (
            'etp_share_employer_iae', 'etp_share_employer_iae_geiq_rq', 'etp_share_awardee_iae'
        )
),

participants as (
    select
        indicators.*,
        3 as section,
        {{ displayed('indicators.numerator', 'indicators.denominator', factor=100) }} as displayed_value
    from indicators
    where indicators.indicator_code = 'beneficiaries_share_of_known'
),

lines as (
    select * from averages
    union all
    select * from shares_of_etp
    union all
    select * from participants
)

select
    lines.reporting_year,
    lines.section,
    lines.label_fr,
    lines.cut_value_label_fr,
    lines.displayed_value,
    lines.value as exact_value,
    lines.numerator,
    lines.denominator,
    lines.coverage,
    definitions.definition_fr
from lines
inner join definitions using (indicator_code, cut, method_version)
order by lines.reporting_year asc, lines.section asc, lines.indicator_code asc, lines.cut asc, lines.numerator desc
