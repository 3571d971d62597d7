-- D13: each exit of the year that is declared without evidence, with what is missing (D11, D12).
with exits as (select * from {{ ref('int_plie__exits') }}),

reasons as (select * from {{ ref('reclassification_reasons') }}),

final as (
    select
        exits.reporting_year,
        exits.plie_code as supplier_code,
        exits.participant_id,
        exits.parcours_no,
        exits.exit_date,
        exits.declared_class,
        exits.exit_class,
        exits.reclassification_reason,
        reasons.rule_id,
        exits.source_file,
        exits.source_row,
        reasons.message_fr,
        reasons.remedy_fr
    from exits
    left join reasons using (declared_class, reclassification_reason)
    where
        exits.reason_code is null
        and exits.is_exit_of_year
        and exits.reclassification_reason is not null
)

select * from final
