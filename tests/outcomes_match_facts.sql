-- The national row counted again from the facts, by another road than the aggregate's: no bridge, no sum over suppliers.
with parcours as (
    select
        reporting_year,
        count(*) as parcours,
        count(distinct plie_code || '/' || participant_id) as persons_in_parcours,
        count(*) filter (where extract(year from entry_date) = reporting_year) as entries,
        count(*) filter (where extract(year from exit_date) = reporting_year) as exits,
        count(*) filter (where exit_date is null or extract(year from exit_date) > reporting_year) as stock_31_dec
    from {{ ref('fct_parcours') }}
    group by reporting_year
),

exits as (
    select
        fct_exits.reporting_year,
        count(*) filter (where exit_reasons.exit_class = fct_exits.exit_class and exit_classes.is_positive)
            as positive_exits,
        count(*) filter (where exit_classes.is_neutralised) as neutralised_exits,
        count(*) filter (where fct_exits.reclassification_reason is not null) as unproven_exits
    from {{ ref('fct_exits') }} as fct_exits
    left join {{ ref('exit_reasons') }} as exit_reasons on fct_exits.exit_reason = exit_reasons.exit_reason
    left join {{ ref('exit_classes') }} as exit_classes on exit_reasons.exit_class = exit_classes.exit_class
    group by fct_exits.reporting_year
),

steps as (
    select
        reporting_year,
        count(*) as steps,
        count(distinct plie_code || '/' || participant_id) as participants_with_step
    from {{ ref('fct_steps') }}
    group by reporting_year
)

select outcomes.reporting_year
from {{ ref('plie_outcomes') }} as outcomes
full outer join parcours on outcomes.reporting_year = parcours.reporting_year
left join exits on parcours.reporting_year = exits.reporting_year
left join steps on parcours.reporting_year = steps.reporting_year
where
    coalesce(outcomes.territory_kind, 'national') = 'national'
    and (
        outcomes.parcours is distinct from parcours.parcours
        or outcomes.persons_in_parcours is distinct from parcours.persons_in_parcours
        or outcomes.entries is distinct from parcours.entries
        or outcomes.exits is distinct from parcours.exits
        or outcomes.stock_31_dec is distinct from parcours.stock_31_dec
        or outcomes.positive_exits is distinct from coalesce(exits.positive_exits, 0)
        or outcomes.neutralised_exits is distinct from coalesce(exits.neutralised_exits, 0)
        or outcomes.unproven_exits is distinct from coalesce(exits.unproven_exits, 0)
        or coalesce(outcomes.steps, 0) is distinct from coalesce(steps.steps, 0)
        or coalesce(outcomes.participants_with_step, 0) is distinct from coalesce(steps.participants_with_step, 0)
    )
