-- D20: the steps that count.
with steps as (select * from {{ ref('int_plie__steps') }}),

final as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        step_id,
        step_type,
        step_family,
        is_job,
        is_iae,
        is_aided,
        contract_type,
        employer_type,
        action_code,
        start_date,
        end_date
    from steps
    where reason_code is null
)

select * from final
