{%- set cuts = ['contract_type', 'employer_category', 'naf_section'] %}
-- D19: the jobs of the exits by contract, employer and sector, on three bases: all exits, positive exits, durable-job exits.
-- Shares are on the exits whose value is known.
with exits as (select * from {{ ref('fct_exits') }}),

exit_classes as (select * from {{ ref('exit_classes') }}),

parcours as (select * from {{ ref('fct_parcours') }}),

code_lists as (select * from {{ ref('code_lists') }}),

contract_types as (select * from {{ ref('contract_types') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

delivered as (
    select
        reporting_year,
        plie_code
    from parcours
    group by reporting_year, plie_code
),

cut_values as (
    select
        code_list as cut,
        code as cut_value,
        label_fr
    from code_lists
    where code_list in ('employer_category', 'naf_section')
    union all
    select
        'contract_type' as cut,
        contract_type as cut_value,
        label_fr
    from contract_types
),

exit_cuts as (
    {%- for cut in cuts %}
    select
        exits.reporting_year,
        exits.plie_code,
        '{{ cut }}' as cut,
        exits.{{ cut }} as cut_value,
        exits.is_positive,
        exit_classes.is_durable_job
    from exits
    inner join exit_classes on exits.exit_class = exit_classes.exit_class
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counts as (
    select
        delivered.reporting_year,
        delivered.plie_code,
        cut_values.cut,
        cut_values.cut_value,
        {{ count_where('exit_cuts.cut_value = cut_values.cut_value') }} as exits_with,
        {{ count_where('exit_cuts.cut_value is not null') }} as exits_known,
        cast(count(exit_cuts.cut) as bigint) as exits,
        {{ count_where('exit_cuts.cut_value = cut_values.cut_value and exit_cuts.is_positive') }} as positive_exits_with,
        {{ count_where('exit_cuts.cut_value is not null and exit_cuts.is_positive') }} as positive_exits_known,
        {{ count_where('exit_cuts.is_positive') }} as positive_exits,
        {{ count_where('exit_cuts.cut_value = cut_values.cut_value and exit_cuts.is_durable_job') }}
            as durable_exits_with,
        {{ count_where('exit_cuts.cut_value is not null and exit_cuts.is_durable_job') }} as durable_exits_known,
        {{ count_where('exit_cuts.is_durable_job') }} as durable_exits
    from delivered
    cross join cut_values
    left join exit_cuts
        on
            delivered.reporting_year = exit_cuts.reporting_year
            and delivered.plie_code = exit_cuts.plie_code
            and cut_values.cut = exit_cuts.cut
    group by delivered.reporting_year, delivered.plie_code, cut_values.cut, cut_values.cut_value
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'plie_code', ['cut', 'cut_value'],
        [
            'exits_with', 'exits_known', 'exits',
            'positive_exits_with', 'positive_exits_known', 'positive_exits',
            'durable_exits_with', 'durable_exits_known', 'durable_exits',
        ]
    ) }}
),

with_rates as (
    select
        *,
        {{ rate('exits_with', 'exits_known') }} as share_of_known,
        {{ rate('positive_exits_with', 'positive_exits_known') }} as share_of_positive_known,
        {{ rate('durable_exits_with', 'durable_exits_known') }} as share_of_durable_known
    from summed
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
