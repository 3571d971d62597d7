-- D1B: the codes that no reference list or table of codes knows, of each supplier.
with rejected as (select * from {{ ref('rejected_rows') }}),

final as (
    select
        reporting_year,
        supplier_kind,
        supplier_code,
        source_table,
        column_name,
        delivered_value as local_code,
        cast(count(*) as bigint) as occurrences,
        min(source_row) as first_source_row
    from rejected
    where reason_code = {{ reason('code_inconnu') }}
    group by reporting_year, supplier_kind, supplier_code, source_table, column_name, delivered_value
)

select * from final
