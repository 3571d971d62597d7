-- D25: the persons with a step, by the family that fills most of their days of the year; the first of the list where equal.
with steps as (select * from {{ ref('fct_steps') }}),

step_files as (select * from {{ ref('int_plie__step_files') }}),

parcours as (select * from {{ ref('fct_parcours') }}),

step_families as (select * from {{ ref('step_families') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

days_by_family as (
    select
        steps.reporting_year,
        steps.plie_code,
        steps.participant_id,
        steps.step_family,
        step_families.display_order,
        sum(
            {{ days_within(
                'steps.start_date', 'steps.end_date',
                first_day_of_year('steps.reporting_year'), last_day_of_year('steps.reporting_year')
            ) }}
        ) as days_of_family
    from steps
    inner join step_families using (step_family)
    group by
        steps.reporting_year, steps.plie_code, steps.participant_id, steps.step_family, step_families.display_order
),

ranked_days_by_family as (
    select
        *,
        row_number() over (
            partition by reporting_year, plie_code, participant_id order by days_of_family desc, display_order asc
        ) as place
    from days_by_family
),

main_steps as (
    select *
    from ranked_days_by_family
    where place = 1
),

-- The PLIE whose steps are known, with their persons.
persons as (
    select
        parcours.reporting_year,
        parcours.plie_code,
        cast(count(distinct parcours.participant_id) as bigint) as persons_in_parcours
    from parcours
    inner join step_files using (reporting_year, plie_code)
    group by parcours.reporting_year, parcours.plie_code
),

persons_with_step as (
    select
        reporting_year,
        plie_code,
        cast(count(*) as bigint) as persons_with_step
    from main_steps
    group by reporting_year, plie_code
),

persons_by_family as (
    select
        reporting_year,
        plie_code,
        step_family,
        cast(count(*) as bigint) as persons
    from main_steps
    group by reporting_year, plie_code, step_family
),

counts as (
    select
        persons.reporting_year,
        persons.plie_code,
        step_families.step_family,
        coalesce(persons_by_family.persons, 0) as persons,
        persons.persons_in_parcours,
        coalesce(persons_with_step.persons_with_step, 0) as persons_with_step,
        persons.persons_in_parcours - coalesce(persons_with_step.persons_with_step, 0) as persons_without_step
    from persons
    cross join step_families
    left join persons_by_family
        on
            persons.reporting_year = persons_by_family.reporting_year
            and persons.plie_code = persons_by_family.plie_code
            and step_families.step_family = persons_by_family.step_family
    left join persons_with_step
        on
            persons.reporting_year = persons_with_step.reporting_year
            and persons.plie_code = persons_with_step.plie_code
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'plie_code', ['step_family'],
        ['persons', 'persons_in_parcours', 'persons_with_step', 'persons_without_step']
    ) }}
),

final as (
    select
        summed.*,
        {{ rate('summed.persons', 'summed.persons_with_step') }} as share_of_persons,
        {{ rate('summed.persons_without_step', 'summed.persons_in_parcours') }} as share_without_step,
        dim_territory.territory_name,
        step_families.label_fr as step_family_label_fr
    from summed
    left join dim_territory using (territory_kind, territory_code)
    left join step_families using (step_family)
)

select * from final
