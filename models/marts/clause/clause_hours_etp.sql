{%- set code_lists = {
    'buyer_type': 'buyer_type',
    'nature': 'nature',
    'employer_type': 'employer_type',
    'awardee_type': 'employer_type',
} -%}
{%- set hours_measures = [
    'hours_delivered', 'hours_counted', 'hours_excluded',
    'hours_employer_known', 'hours_employer_iae', 'hours_employer_iae_geiq_rq',
    'hours_awardee_known', 'hours_awardee_iae', 'hours_awardee_iae_geiq_rq',
] -%}
{%- set hours_decimals = dict.fromkeys(hours_measures, 'decimal(14, 2)') -%}
-- D40: hours and ETP of each territory, total and by cut. D42: delivered hours are counted and excluded ones. D44:
-- procurements and buyers are distinct in a territory. D45: the share of the IAE among employers and among awardees. D47:
-- distinct beneficiaries.
with activity as (select * from {{ ref('int_clause__activity') }}),

-- Once for the total and once for each cut.
cut_activity as (
    select
        {{ total_cut() }} as cut,
        {{ total_cut() }} as cut_value,
        activity.*
    from activity
    {%- for cut in code_lists %}
    union all
    select
        '{{ cut }}' as cut,
        coalesce(activity.{{ cut }}, {{ unknown_code() }}) as cut_value,
        activity.*
    from activity
    {%- endfor %}
),

deliveries as (select * from {{ ref('int_clause__deliveries') }}),

years as (select * from {{ ref('int_clause__years') }}),

code_lists as (select * from {{ ref('code_lists') }}),

employer_types as (select * from {{ ref('employer_types') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_clause__territories') }}),

codes as (
    select
        code_list,
        code,
        label_fr
    from code_lists
    union all
    select
        'employer_type' as code_list,
        employer_type as code,
        label_fr
    from employer_types
),

cut_values as (
    select
        {{ total_cut() }} as cut,
        {{ total_cut() }} as cut_value,
        {{ total_label() }} as label_fr
    {%- for cut, code_list in code_lists.items() %}
    union all
    select
        '{{ cut }}' as cut,
        code as cut_value,
        label_fr
    from codes
    where code_list = '{{ code_list }}'
    union all
    select
        '{{ cut }}' as cut,
        {{ unknown_code() }} as cut_value,
        {{ unknown_label() }} as label_fr
    {%- endfor %}
),

-- Every structure that delivered has every value of every cut: no hours are 0 hours, not a missing row.
scaffold as (
    select
        deliveries.reporting_year,
        deliveries.structure_code,
        cut_values.cut,
        cut_values.cut_value
    from deliveries
    cross join cut_values
),

structure_hours as (
    select
        {%- for measure in hours_measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        reporting_year,
        structure_code,
        cut,
        cut_value
    from cut_activity
    group by reporting_year, structure_code, cut, cut_value
),

-- Each contract has one person: what is distinct is counted in two steps, which is quicker than in one.
structure_contracts as (
    select
        reporting_year,
        structure_code,
        cut,
        cut_value,
        beneficiary_number,
        work_contract_number
    from cut_activity
    where is_counted
    group by reporting_year, structure_code, cut, cut_value, beneficiary_number, work_contract_number
),

structure_persons as (
    select
        reporting_year,
        structure_code,
        cut,
        cut_value,
        count(*) as work_contracts
    from structure_contracts
    group by reporting_year, structure_code, cut, cut_value, beneficiary_number
),

structure_counts as (
    select
        reporting_year,
        structure_code,
        cut,
        cut_value,
        count(*) as beneficiaries,
        sum(work_contracts) as work_contracts
    from structure_persons
    group by reporting_year, structure_code, cut, cut_value
),

counts as (
    select
        {%- for measure in hours_measures %}
        coalesce(structure_hours.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        coalesce(structure_counts.beneficiaries, 0) as beneficiaries,
        coalesce(structure_counts.work_contracts, 0) as work_contracts,
        scaffold.reporting_year,
        scaffold.structure_code,
        scaffold.cut,
        scaffold.cut_value
    from scaffold
    left join structure_hours using (reporting_year, structure_code, cut, cut_value)
    left join structure_counts using (reporting_year, structure_code, cut, cut_value)
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'structure_code', ['cut', 'cut_value'],
        ['beneficiaries', 'work_contracts'], decimals=hours_decimals
    ) }}
),

-- Once per structure before they meet the territories.
counted_things as (
    select
        reporting_year,
        structure_code,
        cut,
        cut_value,
        buyer_number,
        procurement_number,
        employer_number
    from cut_activity
    where is_counted
    group by reporting_year, structure_code, cut, cut_value, buyer_number, procurement_number, employer_number
),

distincts as (
    {{ distinct_over_territories(
        'counted_things', 'territories', 'structure_code', ['cut', 'cut_value'],
        {'procurements': 'procurement_number', 'buyers': 'buyer_number', 'employers': 'employer_number'}
    ) }}
),

with_distincts as (
    select
        summed.*,
        years.hours_per_etp,
        cast(
            sum(summed.hours_counted) over (
                partition by summed.reporting_year, summed.territory_kind, summed.territory_code, summed.cut
            ) as decimal(14, 2)
        ) as hours_counted_total,
        coalesce(distincts.procurements, 0) as procurements,
        coalesce(distincts.buyers, 0) as buyers,
        coalesce(distincts.employers, 0) as employers
    from summed
    inner join years using (reporting_year)
    left join distincts using (reporting_year, territory_kind, territory_code, cut, cut_value)
),

with_rates as (
    select
        *,
        {{ etp('hours_counted', 'hours_per_etp') }} as etp,
        {{ rate(hundredths('hours_counted'), hundredths('hours_counted_total')) }} as share_of_etp,
        {{ rate(hundredths('hours_employer_iae'), hundredths('hours_counted')) }} as share_employer_iae,
        {{ rate(hundredths('hours_employer_iae_geiq_rq'), hundredths('hours_counted')) }} as share_employer_iae_geiq_rq,
        {{ rate(hundredths('hours_awardee_iae'), hundredths('hours_counted')) }} as share_awardee_iae,
        {{ rate(hundredths('hours_awardee_iae_geiq_rq'), hundredths('hours_counted')) }} as share_awardee_iae_geiq_rq
    from with_distincts
),

final as (
    select
        with_rates.*,
        dim_territory.territory_name,
        cut_values.label_fr as cut_value_label_fr
    from with_rates
    left join dim_territory using (territory_kind, territory_code)
    left join cut_values using (cut, cut_value)
)

select * from final
