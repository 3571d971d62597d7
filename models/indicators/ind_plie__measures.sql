-- D61: the figures of the aggregates of the PLIE as rows, so that the long table is made from them and cannot disagree.
with plie_outcomes as (
    {{ measures_as_rows('plie_outcomes') }}
),

plie_outcomes_by_profile as (
    {{ measures_as_rows('plie_outcomes_by_profile', ['profile']) }}
),

plie_entry_profile as (
    {{ measures_as_rows('plie_entry_profile', ['profile']) }}
),

plie_step_mix as (
    {{ measures_as_rows('plie_step_mix', ['step_family']) }}
),

plie_job_steps as (
    {{ measures_as_rows('plie_job_steps', ['cut', 'cut_value']) }}
),

plie_caseload as (
    {{ measures_as_rows('plie_caseload') }}
),

plie_exit_reasons as (
    {{ measures_as_rows('plie_exit_reasons', ['exit_reason', 'exit_class'], 'exit_reason_class') }}
),

plie_exit_jobs as (
    {{ measures_as_rows('plie_exit_jobs', ['cut', 'cut_value']) }}
),

final as (
    select * from plie_outcomes
    union all
    select * from plie_outcomes_by_profile
    union all
    select * from plie_entry_profile
    union all
    select * from plie_step_mix
    union all
    select * from plie_job_steps
    union all
    select * from plie_caseload
    union all
    select * from plie_exit_reasons
    union all
    select * from plie_exit_jobs
)

select * from final
