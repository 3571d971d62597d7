-- D1B: delivered rows are kept and excluded rows, of each file.
with dispositions as (select * from {{ ref('int_row_dispositions') }}),

final as (
    select
        reporting_year,
        supplier_kind,
        supplier_code,
        source_table,
        source_file,
        cast(count(*) as bigint) as rows_delivered,
        {{ count_where('reason_code is null') }} as rows_kept,
        {{ count_where('reason_code is not null') }} as rows_excluded
    from dispositions
    group by reporting_year, supplier_kind, supplier_code, source_table, source_file
)

select * from final
