-- D10: exits by reason and class, an unproven one under the class of the unproven (D13).
with exits as (select * from {{ ref('fct_exits') }}),

parcours as (select * from {{ ref('fct_parcours') }}),

exit_reasons as (select * from {{ ref('exit_reasons') }}),

exit_classes as (select * from {{ ref('exit_classes') }}),

reclassification_reasons as (select * from {{ ref('reclassification_reasons') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

delivered as (
    select
        reporting_year,
        plie_code
    from parcours
    group by reporting_year, plie_code
),

default_class as (
    select exit_class
    from exit_classes
    where is_other_nofollow
),

-- Each reason with its own class; those that need a proof with the class of the unproven too; and the unknown reason.
reasons_and_classes as (
    select
        exit_reason,
        exit_class
    from exit_reasons
    union
    select
        exit_reasons.exit_reason,
        default_class.exit_class
    from exit_reasons
    inner join reclassification_reasons on exit_reasons.exit_class = reclassification_reasons.declared_class
    cross join default_class
    union
    select
        {{ unknown_code() }} as exit_reason,
        exit_class
    from default_class
),

scaffold as (
    select
        delivered.reporting_year,
        delivered.plie_code,
        reasons_and_classes.exit_reason,
        reasons_and_classes.exit_class
    from delivered
    cross join reasons_and_classes
),

counts as (
    select
        scaffold.reporting_year,
        scaffold.plie_code,
        scaffold.exit_reason,
        scaffold.exit_class,
        cast(count(exits.participant_id) as bigint) as exits
    from scaffold
    left join exits
        on
            scaffold.reporting_year = exits.reporting_year
            and scaffold.plie_code = exits.plie_code
            and scaffold.exit_reason = coalesce(exits.exit_reason, {{ unknown_code() }})
            and scaffold.exit_class = exits.exit_class
    group by scaffold.reporting_year, scaffold.plie_code, scaffold.exit_reason, scaffold.exit_class
),

summed as (
    {{ sum_over_territories('counts', 'territories', 'plie_code', ['exit_reason', 'exit_class'], ['exits']) }}
),

with_totals as (
    select
        *,
        cast(sum(exits) over (partition by reporting_year, territory_kind, territory_code) as bigint) as exits_total,
        cast(sum(exits) over (partition by reporting_year, territory_kind, territory_code, exit_class) as bigint)
            as exits_of_class
    from summed
),

with_rates as (
    select
        *,
        {{ rate('exits', 'exits_total') }} as share_of_exits,
        {{ rate('exits', 'exits_of_class') }} as share_of_class
    from with_totals
),

final as (
    select
        with_rates.*,
        dim_territory.territory_name,
        coalesce(exit_reasons.label_fr, {{ unknown_label() }}) as exit_reason_label_fr,
        exit_classes.label_fr as exit_class_label_fr
    from with_rates
    left join dim_territory using (territory_kind, territory_code)
    left join exit_reasons using (exit_reason)
    left join exit_classes on with_rates.exit_class = exit_classes.exit_class
)

select * from final
