-- D13: each accepted exit with the class that it declares and, where it declares a durable job (D11) or a qualifying training
-- (D12), the first part of the proof that is missing.
with exits as (select * from {{ ref('int_plie__exit_links') }}),

job_evidence as (select * from {{ ref('int_plie__job_evidence') }}),

training_evidence as (select * from {{ ref('int_plie__training_evidence') }}),

exit_reasons as (select * from {{ ref('exit_reasons') }}),

exit_classes as (select * from {{ ref('exit_classes') }}),

final as (
    select
        exits.source_file,
        exits.source_row,
        exits.reporting_year,
        exits.plie_code,
        exits.participant_id,
        exits.parcours_no,
        exits.link_reason,
        exits.exit_date,
        exits.exit_reason,
        exits.contract_type,
        exits.contract_start_date,
        exits.contract_end_date,
        exits.validated_on,
        exits.employer_category,
        exits.naf_section,
        exit_reasons.exit_class as declared_class,
        case
            when exit_classes.is_durable_job then job_evidence.missing_evidence
            when exit_classes.is_qualifying_training then training_evidence.missing_evidence
        end as reclassification_reason,
        job_evidence.is_durable_contract
    from exits
    inner join job_evidence
        on
            exits.source_file = job_evidence.source_file
            and exits.source_row = job_evidence.source_row
    inner join training_evidence
        on
            exits.source_file = training_evidence.source_file
            and exits.source_row = training_evidence.source_row
    left join exit_reasons on exits.exit_reason = exit_reasons.exit_reason
    left join exit_classes on exit_reasons.exit_class = exit_classes.exit_class
)

select * from final
