-- The cuts that partition (step families, exit reasons) add up to the outcomes of the same territory; profiles never do (D33).
with outcomes as (select * from {{ ref('plie_outcomes') }}),

step_mix as (
    select
        reporting_year,
        territory_kind,
        territory_code,
        sum(steps) as steps,
        max(steps_total) as steps_total
    from {{ ref('plie_step_mix') }}
    group by reporting_year, territory_kind, territory_code
),

exit_reasons as (
    select
        reasons.reporting_year,
        reasons.territory_kind,
        reasons.territory_code,
        sum(reasons.exits) as exits,
        max(reasons.exits_total) as exits_total,
        sum(reasons.exits) filter (where classes.is_positive) as positive_exits,
        sum(reasons.exits) filter (where classes.is_neutralised) as neutralised_exits,
        sum(reasons.exits) filter (where classes.is_abandonment) as abandoned_exits,
        sum(reasons.exits) filter (where declared.exit_class <> reasons.exit_class) as unproven_exits
    from {{ ref('plie_exit_reasons') }} as reasons
    inner join {{ ref('exit_classes') }} as classes using (exit_class)
    left join {{ ref('exit_reasons') }} as declared using (exit_reason)
    group by reasons.reporting_year, reasons.territory_kind, reasons.territory_code
),

reclassifications as (
    select
        reporting_year,
        count(*) as unproven_exits
    from {{ ref('exit_reclassifications') }}
    group by reporting_year
)

select
    outcomes.reporting_year,
    outcomes.territory_kind,
    outcomes.territory_code
from outcomes
left join step_mix using (reporting_year, territory_kind, territory_code)
left join exit_reasons using (reporting_year, territory_kind, territory_code)
left join reclassifications using (reporting_year)
where
    outcomes.steps is distinct from step_mix.steps
    or outcomes.steps is distinct from step_mix.steps_total
    or outcomes.exits is distinct from exit_reasons.exits
    or outcomes.exits is distinct from exit_reasons.exits_total
    or outcomes.positive_exits is distinct from exit_reasons.positive_exits
    or outcomes.neutralised_exits is distinct from exit_reasons.neutralised_exits
    or outcomes.abandoned_exits is distinct from exit_reasons.abandoned_exits
    or outcomes.unproven_exits is distinct from exit_reasons.unproven_exits
    or (
        outcomes.territory_kind = 'national'
        and outcomes.unproven_exits is distinct from coalesce(reclassifications.unproven_exits, 0)
    )
