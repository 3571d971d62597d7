-- D84, D85: the common indicators of the ESF+ as readers get them: of regions and the nation, at the end of each year, a cut for
-- each. What is not available has no count, and never 0; what it is worth is said by the base that is known, and by the PLIE
-- that deliver their operations.
with esf_indicators as (select * from {{ ref('esf_indicators') }}),

indicators as (select * from {{ ref('esf_indicator_list') }}),

code_lists as (select * from {{ ref('code_lists') }}),

stays as (select * from {{ ref('int_plie__esf_stays') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

sexes as (
    select
        code as sex,
        label_fr
    from code_lists
    where code_list = 'sex'
    union all
    select
        {{ unknown_code() }} as sex,
        {{ unknown_label() }} as label_fr
    union all
    select
        {{ total_cut() }} as sex,
        {{ total_label() }} as label_fr
),

delivering as (
    select
        cutoff_date,
        plie_code,
        bool_or(has_operations) as has_operations
    from stays
    group by cutoff_date, plie_code
),

plie_of_territories as (
    select
        delivering.cutoff_date,
        territories.territory_kind,
        territories.territory_code,
        count(*) as plie,
        {{ count_where('delivering.has_operations') }} as plie_with_operations
    from delivering
    inner join territories using (plie_code)
    group by delivering.cutoff_date, territories.territory_kind, territories.territory_code
),

final as (
    select
        cast(extract(year from esf_indicators.cutoff_date) as integer) as reporting_year,
        esf_indicators.territory_kind,
        esf_indicators.territory_code,
        esf_indicators.indicator_code as cut,
        esf_indicators.sex as cut_value,
        esf_indicators.numerator as participants,
        esf_indicators.base,
        case when esf_indicators.numerator is not null then esf_indicators.base_known end as base_known,
        case when esf_indicators.numerator is not null then esf_indicators.coverage end as coverage,
        plie_of_territories.plie,
        plie_of_territories.plie_with_operations,
        esf_indicators.territory_name,
        sexes.label_fr as cut_value_label_fr
    from esf_indicators
    inner join indicators using (indicator_code)
    inner join sexes using (sex)
    inner join plie_of_territories using (cutoff_date, territory_kind, territory_code)
    where
        indicators.applies
        and esf_indicators.region_category = {{ total_cut() }}
        and esf_indicators.territory_kind in ('region', 'national')
        and esf_indicators.cutoff_date = {{ last_day_of_year('extract(year from esf_indicators.cutoff_date)') }}
)

select * from final
