with verdicts as (select * from {{ ref('int_row_verdicts') }}),

reasons as (select * from {{ ref('quality_reasons') }}),

final as (
    select
        verdicts.reporting_year,
        verdicts.supplier_kind,
        verdicts.supplier_code,
        verdicts.source_table,
        verdicts.record_key,
        verdicts.reason_code,
        reasons.rule_id,
        verdicts.source_file,
        verdicts.source_row,
        reasons.message_fr,
        reasons.remedy_fr
    from verdicts
    left join reasons
        on
            verdicts.source_table = reasons.source_table
            and verdicts.reason_code = reasons.reason_code
    where verdicts.reason_code is not null
)

select * from final
