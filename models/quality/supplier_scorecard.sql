{%- set tables = ['participants', 'steps', 'exits'] -%}
with plie as (select * from {{ ref('dim_plie') }}),

years as (select * from {{ ref('int_parameters_by_year') }}),

accounting as (select * from {{ ref('row_accounting') }}),

exclusions as (select * from {{ ref('exclusions') }}),

rejected as (select * from {{ ref('rejected_rows') }}),

reclassifications as (select * from {{ ref('exit_reclassifications') }}),

check_results as (select * from {{ ref('check_results') }}),

last_refusals as (select * from {{ ref('stg_intake__refusals') }}),

-- Suppliers that nothing but the intake knows: what they sent was refused, and the register has no such code.
suppliers as (
    select
        plie_code,
        name as supplier_name,
        is_registered
    from plie
    union all
    select
        last_refusals.supplier_code as plie_code,
        null as supplier_name,
        false as is_registered
    from last_refusals
    left join plie on last_refusals.supplier_code = plie.plie_code
    where
        last_refusals.kind = 'plie'
        and plie.plie_code is null
    group by last_refusals.supplier_code
),

row_counts as (
    select
        {%- for table in tables %}
        {{ count_sum("case when source_table = '" ~ table ~ "' then rows_delivered end") }} as {{ table }}_delivered,
        {{ count_sum("case when source_table = '" ~ table ~ "' then rows_kept end") }} as {{ table }}_kept,
        {{ count_sum("case when source_table = '" ~ table ~ "' then rows_excluded end") }} as {{ table }}_excluded,
        {%- endfor %}
        reporting_year,
        supplier_code
    from accounting
    group by reporting_year, supplier_code
),

refusals as (
    select
        reporting_year,
        supplier_code
    from exclusions
    where reason_code = {{ reason('livraison_refusee') }}
    group by reporting_year, supplier_code
),

finding_counts as (
    select
        reporting_year,
        supplier_code,
        cast(count(*) as bigint) as findings,
        {{ count_where('reason_code = ' ~ reason('code_inconnu')) }} as unmapped_cells
    from rejected
    group by reporting_year, supplier_code
),

reclassification_counts as (
    select
        reporting_year,
        supplier_code,
        cast(count(*) as bigint) as unproven_exits
    from reclassifications
    group by reporting_year, supplier_code
),

check_counts as (
    select
        reporting_year,
        supplier_code,
        {{ count_where("status = 'pass'") }} as checks_pass,
        {{ count_where("status = 'fail'") }} as checks_fail,
        {{ count_where("status = 'fail' and severity = 'erreur'") }} as checks_fail_error,
        {{ count_where("status = 'not_applicable'") }} as checks_not_applicable,
        {{ count_where("status = 'not_delivered'") }} as checks_not_delivered
    from check_results
    group by reporting_year, supplier_code
),

final as (
    select
        years.reporting_year,
        suppliers.plie_code as supplier_code,
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
        case when row_counts.supplier_code is not null then coalesce(finding_counts.findings, 0) end as findings,
        case when row_counts.supplier_code is not null then coalesce(finding_counts.unmapped_cells, 0) end
            as unmapped_cells,
        case when row_counts.exits_delivered is not null then coalesce(reclassification_counts.unproven_exits, 0) end
            as unproven_exits,
        coalesce(check_counts.checks_pass, 0) as checks_pass,
        coalesce(check_counts.checks_fail, 0) as checks_fail,
        coalesce(check_counts.checks_not_applicable, 0) as checks_not_applicable,
        coalesce(check_counts.checks_not_delivered, 0) as checks_not_delivered
    from years
    cross join suppliers
    left join row_counts
        on years.reporting_year = row_counts.reporting_year and suppliers.plie_code = row_counts.supplier_code
    left join refusals
        on years.reporting_year = refusals.reporting_year and suppliers.plie_code = refusals.supplier_code
    left join last_refusals
        on years.reporting_year = last_refusals.reporting_year and suppliers.plie_code = last_refusals.supplier_code
    left join finding_counts
        on years.reporting_year = finding_counts.reporting_year and suppliers.plie_code = finding_counts.supplier_code
    left join reclassification_counts
        on
            years.reporting_year = reclassification_counts.reporting_year
            and suppliers.plie_code = reclassification_counts.supplier_code
    left join check_counts
        on years.reporting_year = check_counts.reporting_year and suppliers.plie_code = check_counts.supplier_code
)

select * from final
