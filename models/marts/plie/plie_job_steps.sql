-- D23: steps that are jobs, by employer and by contract, from one set of rows. What is not known is not IAE, not aided.
with steps as (select * from {{ ref('fct_steps') }}),

step_mix as (select * from {{ ref('plie_step_mix') }}),

job_step_groups as (select * from {{ ref('job_step_groups') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

-- The territories that have steps, with the number of all their steps.
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

with_zeros as (
    select
        totals.reporting_year,
        totals.territory_kind,
        totals.territory_code,
        job_step_groups.cut,
        job_step_groups.cut_value,
        job_step_groups.label_fr as cut_value_label_fr,
        coalesce(summed.job_steps, 0) as job_steps,
        totals.steps_total
    from totals
    cross join job_step_groups
    left join summed
        on
            totals.reporting_year = summed.reporting_year
            and totals.territory_kind = summed.territory_kind
            and totals.territory_code = summed.territory_code
            and job_step_groups.cut = summed.cut
            and job_step_groups.cut_value = summed.cut_value
),

with_total as (
    select
        *,
        max(case when cut = {{ total_cut() }} then job_steps end)
            over (partition by reporting_year, territory_kind, territory_code) as job_steps_total
    from with_zeros
),

final as (
    select
        with_total.*,
        {{ rate('with_total.job_steps', 'with_total.job_steps_total') }} as share_of_job_steps,
        {{ rate('with_total.job_steps', 'with_total.steps_total') }} as share_of_steps,
        dim_territory.territory_name
    from with_total
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
