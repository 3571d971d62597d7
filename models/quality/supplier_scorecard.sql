{%- set tables = [
    'participants', 'steps', 'exits', 'procurements', 'beneficiaries', 'work_contracts', 'hours', 'procurement_companies',
] -%}
-- Each supplier and year: rows (D1B), hours (D42), exits without evidence (D13), signals (D1D, D59) and checks.
with plie as (select * from {{ ref('dim_plie') }}),

structures as (select * from {{ ref('dim_clause_structure') }}),

plie_years as (select * from {{ ref('int_plie__years') }}),

clause_years as (select * from {{ ref('int_clause__years') }}),

hours_accounting as (select * from {{ ref('clause_hours_accounting') }}),

accounting as (select * from {{ ref('row_accounting') }}),

exclusions as (select * from {{ ref('exclusions') }}),

rejected as (select * from {{ ref('rejected_rows') }}),

reclassifications as (select * from {{ ref('exit_reclassifications') }}),

exit_signals as (select * from {{ ref('exit_signals') }}),

network_signals as (select * from {{ ref('network_signals') }}),

check_results as (select * from {{ ref('check_results') }}),

last_refusals as (select * from {{ ref('stg_intake__refusals') }}),

years as (
    select
        'plie' as supplier_kind,
        reporting_year
    from plie_years
    union all
    select
        'clause' as supplier_kind,
        reporting_year
    from clause_years
),

register_suppliers as (
    select
        'plie' as supplier_kind,
        plie_code as supplier_code,
        name as supplier_name,
        is_registered
    from plie
    union all
    select
        'clause' as supplier_kind,
        structure_code as supplier_code,
        name as supplier_name,
        is_registered
    from structures
),

-- Suppliers that nothing but the intake knows: what they sent was refused, and the register has no such code.
suppliers as (
    select * from register_suppliers
    union all
    select
        last_refusals.kind as supplier_kind,
        last_refusals.supplier_code,
        null as supplier_name,
        false as is_registered
    from last_refusals
    left join register_suppliers
        on
            last_refusals.kind = register_suppliers.supplier_kind
            and last_refusals.supplier_code = register_suppliers.supplier_code
    where register_suppliers.supplier_code is null
    group by last_refusals.kind, last_refusals.supplier_code
),

row_counts as (
    select
        {%- for table in tables %}
        {{ count_sum("case when source_table = '" ~ table ~ "' then rows_delivered end") }} as {{ table }}_delivered,
        {{ count_sum("case when source_table = '" ~ table ~ "' then rows_kept end") }} as {{ table }}_kept,
        {{ count_sum("case when source_table = '" ~ table ~ "' then rows_excluded end") }} as {{ table }}_excluded,
        {%- endfor %}
        reporting_year,
        supplier_kind,
        supplier_code
    from accounting
    group by reporting_year, supplier_kind, supplier_code
),

refusals as (
    select
        reporting_year,
        supplier_kind,
        supplier_code
    from exclusions
    where reason_code = {{ reason('livraison_refusee') }}
    group by reporting_year, supplier_kind, supplier_code
),

finding_counts as (
    select
        reporting_year,
        supplier_kind,
        supplier_code,
        cast(count(*) as bigint) as findings,
        {{ count_where('reason_code = ' ~ reason('code_inconnu')) }} as unmapped_cells
    from rejected
    group by reporting_year, supplier_kind, supplier_code
),

reclassification_counts as (
    select
        reporting_year,
        supplier_code,
        cast(count(*) as bigint) as unproven_exits
    from reclassifications
    group by reporting_year, supplier_code
),

signal_counts as (
    select
        reporting_year,
        supplier_code,
        cast(count(distinct participant_id || '/' || parcours_no) as bigint) as signalled_exits
    from exit_signals
    group by reporting_year, supplier_code
),

-- D59: what the registers and the survey say of a supplier, whoever delivered it.
network_signal_counts as (
    select
        reporting_year,
        subject_kind as supplier_kind,
        subject_code as supplier_code,
        cast(count(*) as bigint) as network_signals
    from network_signals
    group by reporting_year, subject_kind, subject_code
),

hours_counts as (
    select
        reporting_year,
        'clause' as supplier_kind,
        supplier_code,
        {{ hours_sum('hours') }} as hours_delivered,
        {{ hours_where('hours', 'outcome_code = ' ~ counted_outcome()) }} as hours_counted,
        {{ hours_where('hours', 'outcome_code <> ' ~ counted_outcome()) }} as hours_excluded
    from hours_accounting
    group by reporting_year, supplier_code
),

check_counts as (
    select
        reporting_year,
        supplier_kind,
        supplier_code,
        {{ count_where("status = 'pass'") }} as checks_pass,
        {{ count_where("status = 'fail'") }} as checks_fail,
        {{ count_where("status = 'fail' and severity = 'erreur'") }} as checks_fail_error,
        {{ count_where("status = 'not_applicable'") }} as checks_not_applicable,
        {{ count_where("status = 'not_delivered'") }} as checks_not_delivered
    from check_results
    group by reporting_year, supplier_kind, supplier_code
),

final as (
    select
        years.reporting_year,
        suppliers.supplier_kind,
        suppliers.supplier_code,
        suppliers.supplier_name,
        suppliers.is_registered,
        case
            when row_counts.supplier_code is null then 'not_delivered'
            when refusals.supplier_code is not null or check_counts.checks_fail_error > 0 then 'fail'
            else 'pass'
        end as status,
        refusals.supplier_code is not null as is_delivery_refused,
        last_refusals.supplier_code is not null as is_last_delivery_refused,
        {%- for table in tables %}
        row_counts.{{ table }}_delivered,
        row_counts.{{ table }}_kept,
        row_counts.{{ table }}_excluded,
        {%- endfor %}
        hours_counts.hours_delivered as hours_sum_delivered,
        hours_counts.hours_counted as hours_sum_counted,
        hours_counts.hours_excluded as hours_sum_excluded,
        case when row_counts.supplier_code is not null then coalesce(finding_counts.findings, 0) end as findings,
        case when row_counts.supplier_code is not null then coalesce(finding_counts.unmapped_cells, 0) end
            as unmapped_cells,
        case when row_counts.exits_delivered is not null then coalesce(reclassification_counts.unproven_exits, 0) end
            as unproven_exits,
        case when row_counts.exits_delivered is not null then coalesce(signal_counts.signalled_exits, 0) end
            as signalled_exits,
        coalesce(network_signal_counts.network_signals, 0) as network_signals,
        coalesce(check_counts.checks_pass, 0) as checks_pass,
        coalesce(check_counts.checks_fail, 0) as checks_fail,
        coalesce(check_counts.checks_not_applicable, 0) as checks_not_applicable,
        coalesce(check_counts.checks_not_delivered, 0) as checks_not_delivered
    from years
    inner join suppliers using (supplier_kind)
    {%- for counts in [
        'row_counts', 'refusals', 'finding_counts', 'hours_counts', 'check_counts', 'network_signal_counts',
    ] %}
    left join {{ counts }}
        on
            years.reporting_year = {{ counts }}.reporting_year
            and suppliers.supplier_kind = {{ counts }}.supplier_kind
            and suppliers.supplier_code = {{ counts }}.supplier_code
    {%- endfor %}
    left join last_refusals
        on
            years.reporting_year = last_refusals.reporting_year
            and suppliers.supplier_kind = last_refusals.kind
            and suppliers.supplier_code = last_refusals.supplier_code
    left join reclassification_counts
        on
            years.reporting_year = reclassification_counts.reporting_year
            and suppliers.supplier_kind = 'plie'
            and suppliers.supplier_code = reclassification_counts.supplier_code
    left join signal_counts
        on
            years.reporting_year = signal_counts.reporting_year
            and suppliers.supplier_kind = 'plie'
            and suppliers.supplier_code = signal_counts.supplier_code
)

select * from final
