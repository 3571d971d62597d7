-- D13: each accepted exit with the class that it declares and, where it declares a durable job (D11) or a qualifying training
-- (D12), the first part of the proof that is missing.
with exits as (
    select
        source_file,
        source_row,
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        exit_date,
        exit_reason,
        contract_type,
        contract_start_date,
        contract_end_date,
        validated_on,
        employer_category,
        naf_section,
        link_reason
    from {{ ref('int_plie__exit_links') }}
),

job_evidence as (select * from {{ ref('int_plie__job_evidence') }}),

training_evidence as (select * from {{ ref('int_plie__training_evidence') }}),

exit_reasons as (select * from {{ ref('exit_reasons') }}),

exit_classes as (select * from {{ ref('exit_classes') }}),

final as (
    select
        exits.*,
        exit_reasons.exit_class as declared_class,
        case
            when exit_classes.is_durable_job then job_evidence.missing_evidence
            when exit_classes.is_qualifying_training then training_evidence.missing_evidence
        end as reclassification_reason,
        job_evidence.is_durable_contract
    from exits
    inner join job_evidence using (source_file, source_row)
    inner join training_evidence using (source_file, source_row)
    left join exit_reasons using (exit_reason)
    left join exit_classes on exit_reasons.exit_class = exit_classes.exit_class
)

select * from final
