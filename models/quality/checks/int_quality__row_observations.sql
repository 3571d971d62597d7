-- D1B: what the checks count of rows and cells, for each supplier, year and table: excluded rows and rows with a finding, by
-- reason.
with excluded_rows as (select * from {{ ref('exclusions') }}),

rejected_rows as (select * from {{ ref('rejected_rows') }}),

exclusions as (
    select
        reporting_year,
        {{ checked_supplier() }} as supplier_code,
        source_table,
        reason_code
    from excluded_rows
),

rejected as (
    select
        reporting_year,
        {{ checked_supplier() }} as supplier_code,
        source_table,
        source_row,
        reason_code
    from rejected_rows
),

final as (
    select
        reporting_year,
        supplier_code,
        source_table,
        'excluded' as subject_kind,
        reason_code as subject,
        count(*) as numerator,
        cast(null as bigint) as denominator
    from exclusions
    group by reporting_year, supplier_code, source_table, reason_code

    union all

    select
        reporting_year,
        supplier_code,
        source_table,
        'finding' as subject_kind,
        reason_code as subject,
        count(distinct source_row) as numerator,
        cast(null as bigint) as denominator
    from rejected
    group by reporting_year, supplier_code, source_table, reason_code
)

select * from final
