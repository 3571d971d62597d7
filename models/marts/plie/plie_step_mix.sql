-- D20, D23: steps of the year by family.
with steps as (select * from {{ ref('fct_steps') }}),

step_files as (select * from {{ ref('int_plie__step_files') }}),

parcours as (select * from {{ ref('fct_parcours') }}),

step_families as (select * from {{ ref('step_families') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

-- The PLIE whose steps are known: those that delivered a steps file for the year, and have parcours in it.
known_plie as (
    select
        reporting_year,
        plie_code
    from step_files
    intersect
    select
        reporting_year,
        plie_code
    from parcours
),

scaffold as (
    select
        known_plie.reporting_year,
        known_plie.plie_code,
        step_families.step_family
    from known_plie
    cross join step_families
),

counts as (
    select
        scaffold.reporting_year,
        scaffold.plie_code,
        scaffold.step_family,
        cast(count(steps.step_id) as bigint) as steps,
        {{ count_where('steps.is_job and (steps.is_iae is null or steps.is_aided is null)') }}
            as steps_attributes_unknown
    from scaffold
    left join steps using (reporting_year, plie_code, step_family)
    group by scaffold.reporting_year, scaffold.plie_code, scaffold.step_family
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'plie_code', ['step_family'], ['steps', 'steps_attributes_unknown']
    ) }}
),

with_total as (
    select
        *,
        cast(sum(steps) over (partition by reporting_year, territory_kind, territory_code) as bigint) as steps_total
    from summed
),

with_rates as (
    select
        *,
        {{ rate('steps', 'steps_total') }} as share_of_steps
    from with_total
),

final as (
    select
        with_rates.*,
        dim_territory.territory_name,
        step_families.label_fr as step_family_label_fr
    from with_rates
    left join dim_territory using (territory_kind, territory_code)
    left join step_families using (step_family)
)

select * from final
