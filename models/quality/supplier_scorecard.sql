{%- set tables = ['participants', 'steps', 'exits'] -%}
with plie as (select * from {{ ref('dim_plie') }}),

years as (select * from {{ ref('int_parameters_by_year') }}),

accounting as (select * from {{ ref('row_accounting') }}),

exclusions as (select * from {{ ref('exclusions') }}),

rejected as (select * from {{ ref('rejected_rows') }}),

reclassifications as (select * from {{ ref('exit_reclassifications') }}),

check_results as (select * from {{ ref('check_results') }}),

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
        plie.plie_code as supplier_code,
        plie.name as supplier_name,
        plie.is_registered,
        case
            when row_counts.supplier_code is null then 'not_delivered'
            when refusals.supplier_code is not null or check_counts.checks_fail_error > 0 then 'fail'
            else 'pass'
        end as status,
        refusals.supplier_code is not null as is_delivery_refused,
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
        check_counts.checks_pass,
        check_counts.checks_fail,
        check_counts.checks_not_applicable,
        check_counts.checks_not_delivered
    from years
    cross join plie
    left join row_counts
        on years.reporting_year = row_counts.reporting_year and plie.plie_code = row_counts.supplier_code
    left join refusals
        on years.reporting_year = refusals.reporting_year and plie.plie_code = refusals.supplier_code
    left join finding_counts
        on years.reporting_year = finding_counts.reporting_year and plie.plie_code = finding_counts.supplier_code
    left join reclassification_counts
        on
            years.reporting_year = reclassification_counts.reporting_year
            and plie.plie_code = reclassification_counts.supplier_code
    left join check_counts
        on years.reporting_year = check_counts.reporting_year and plie.plie_code = check_counts.supplier_code
)

select * from final
