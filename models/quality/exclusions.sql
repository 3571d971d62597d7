-- Each delivered row that is not counted, with its one reason (D1A, D1B, D22, D41).
with dispositions as (select * from {{ ref('int_row_dispositions') }}),

reasons as (select * from {{ ref('quality_reasons') }}),

final as (
    select
        dispositions.reporting_year,
        dispositions.supplier_kind,
        dispositions.supplier_code,
        dispositions.source_table,
        dispositions.record_key,
        dispositions.reason_code,
        reasons.rule_id,
        dispositions.source_file,
        dispositions.source_row,
        reasons.message_fr,
        reasons.remedy_fr
    from dispositions
    left join reasons
        on
            dispositions.source_table = reasons.source_table
            and dispositions.reason_code = reasons.reason_code
    where dispositions.reason_code is not null
)

select * from final
