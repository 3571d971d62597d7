-- D03, D10: the exits of the year that count, with their class.
with exits as (select * from {{ ref('int_plie__exits') }}),

final as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        exit_date,
        exit_reason,
        declared_class,
        exit_class,
        is_positive,
        is_neutralised,
        reclassification_reason,
        contract_type,
        contract_start_date,
        contract_end_date,
        validated_on,
        is_durable_contract,
        due_exit_date,
        is_dated_early,
        employer_category,
        naf_section
    from exits
    where
        reason_code is null
        and is_exit_of_year
)

select * from final
