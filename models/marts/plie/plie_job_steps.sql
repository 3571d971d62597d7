-- Steps that are jobs, by the two attributes that a job has of its own, employer and contract (D23): the splits that are printed,
-- outside the IAE or without an aided contract, come from one set of rows. What is not known is not IAE, not aided.
with steps as (select * from {{ ref('fct_steps') }}),

step_mix as (select * from {{ ref('plie_step_mix') }}),

job_step_groups as (select * from {{ ref('job_step_groups') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

-- Who delivered steps, with all of them.
totals as (
    select
        reporting_year,
        territory_kind,
        territory_code,
        max(steps_total) as steps_total
    from step_mix
    group by reporting_year, territory_kind, territory_code
),

jobs as (
    select
        steps.reporting_year,
        steps.plie_code,
        job_step_groups.cut,
        job_step_groups.cut_value,
        cast(count(*) as bigint) as job_steps
    from steps
    inner join job_step_groups
        on
            coalesce(coalesce(steps.is_iae, false) = job_step_groups.is_iae, true)
            and coalesce(coalesce(steps.is_aided, false) = job_step_groups.is_aided, true)
    where steps.is_job
    group by steps.reporting_year, steps.plie_code, job_step_groups.cut, job_step_groups.cut_value
),

summed as (
    {{ sum_over_territories('jobs', 'territories', 'plie_code', ['cut', 'cut_value'], ['job_steps']) }}
),

joined as (
    select
        totals.reporting_year,
        totals.territory_kind,
        totals.territory_code,
        job_step_groups.cut,
        job_step_groups.cut_value,
        job_step_groups.label_fr,
        coalesce(summed.job_steps, 0) as job_steps,
        totals.steps_total
    from totals
    cross join job_step_groups
    left join summed
        on
            totals.reporting_year = summed.reporting_year
            and {{ same_territory('totals', 'summed') }}
            and job_step_groups.cut = summed.cut
            and job_step_groups.cut_value = summed.cut_value
),

totalled as (
    select
        *,
        max(job_steps) filter (where cut = {{ total_cut() }})
            over (partition by reporting_year, territory_kind, territory_code) as job_steps_total
    from joined
),

final as (
    select
        totalled.reporting_year,
        totalled.territory_kind,
        totalled.territory_code,
        totalled.cut,
        totalled.cut_value,
        totalled.job_steps,
        totalled.job_steps_total,
        {{ rate('totalled.job_steps', 'totalled.job_steps_total') }} as share_of_job_steps,
        totalled.steps_total,
        {{ rate('totalled.job_steps', 'totalled.steps_total') }} as share_of_steps,
        dim_territory.territory_name,
        totalled.label_fr as cut_value_label_fr
    from totalled
    {{ left_join_territory('totalled') }}
)

select * from final
