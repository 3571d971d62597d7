-- Each delivered row that is not counted, with its one reason (D1A, D1B, D22, D41).
with dispositions as (
    select
        supplier_kind,
        source_table,
        source_file,
        source_row,
        reporting_year,
        supplier_code,
        record_key,
        reason_code
    from {{ ref('int_row_dispositions') }}
),

reasons as (select * from {{ ref('quality_reasons') }}),

final as (
    select
        dispositions.*,
        reasons.rule_id,
        reasons.message_fr,
        reasons.remedy_fr
    from dispositions
    left join reasons using (source_table, reason_code)
    where dispositions.reason_code is not null
)

select * from final
