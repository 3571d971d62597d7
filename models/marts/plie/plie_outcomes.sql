{%- set parcours_measures = ['persons_in_parcours', 'parcours', 'stock_31_dec', 'entries', 'persons_entered', 'exits'] -%}
{%- set exit_measures = [
    'positive_exits', 'positive_durable_job', 'positive_training', 'positive_other',
    'nofollow_exits', 'abandoned_exits', 'neutralised_exits', 'other_nofollow_exits', 'unproven_exits',
    'exits_excluding_neutralised', 'contracts_known', 'durable_contracts', 'durable_fixed_term_contracts',
    'declared_positive_exits', 'early_exits', 'early_exits_due_next_year', 'nofollow_with_outcome',
] -%}
{%- set step_measures = ['steps', 'participants_with_step'] -%}
-- Parcours (D01, D03, D04, D34), exits by class (D10, D14), as declared (D1E), dated early (D1D), rates (D15), contracts (D19)
-- and steps (D24) of each territory.
with parcours as (select * from {{ ref('fct_parcours') }}),

exits as (select * from {{ ref('fct_exits') }}),

exit_classes as (select * from {{ ref('exit_classes') }}),

exit_reasons as (select * from {{ ref('exit_reasons') }}),

durations as (select * from {{ ref('plie_durations') }}),

contract_types as (select * from {{ ref('contract_types') }}),

steps as (select * from {{ ref('fct_steps') }}),

step_files as (select * from {{ ref('int_plie__step_files') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

parcours_counts as (
    select
        reporting_year,
        plie_code,
        cast(count(distinct participant_id) as bigint) as persons_in_parcours,
        cast(count(*) as bigint) as parcours,
        {{ count_where('is_in_stock') }} as stock_31_dec,
        {{ count_where('is_entry') }} as entries,
        cast(count(distinct case when is_entry then participant_id end) as bigint) as persons_entered,
        {{ count_where('is_exit') }} as exits
    from parcours
    group by reporting_year, plie_code
),

exit_counts as (
    select
        exits.reporting_year,
        exits.plie_code,
        {{ count_where('exits.is_positive') }} as positive_exits,
        {{ count_where('exit_classes.is_durable_job') }} as positive_durable_job,
        {{ count_where('exit_classes.is_qualifying_training') }} as positive_training,
        {{ count_where('exit_classes.is_other_positive') }} as positive_other,
        {{ count_where('not exits.is_positive') }} as nofollow_exits,
        {{ count_where('exit_classes.is_abandonment') }} as abandoned_exits,
        {{ count_where('exits.is_neutralised') }} as neutralised_exits,
        {{ count_where('exit_classes.is_other_nofollow') }} as other_nofollow_exits,
        {{ count_where('exits.reclassification_reason is not null') }} as unproven_exits,
        {{ count_where('not exits.is_neutralised') }} as exits_excluding_neutralised,
        {{ count_where('exits.contract_type is not null') }} as contracts_known,
        {{ count_where('exits.is_durable_contract') }} as durable_contracts,
        {{ count_where('exits.is_durable_contract and contract_types.is_fixed_term') }} as durable_fixed_term_contracts,
        {{ count_where('declared_classes.is_positive') }} as declared_positive_exits,
        -- D1D: those dated early count where they are dated; how many are due only after the year is said beside.
        {{ count_where('exits.is_dated_early') }} as early_exits,
        {{ count_where('exits.is_dated_early and exits.due_exit_date > ' ~ last_day_of_year('exits.reporting_year')) }}
            as early_exits_due_next_year,
        -- D1F: without follow-up, and yet it is known what came next.
        {{ count_where('not exits.is_positive and (exits.is_neutralised or exit_reasons.is_reorientation)') }}
            as nofollow_with_outcome
    from exits
    inner join exit_classes on exits.exit_class = exit_classes.exit_class
    left join exit_classes as declared_classes on exits.declared_class = declared_classes.exit_class
    left join exit_reasons using (exit_reason)
    left join contract_types using (contract_type)
    group by exits.reporting_year, exits.plie_code
),

step_counts as (
    select
        reporting_year,
        plie_code,
        cast(count(*) as bigint) as steps,
        cast(count(distinct participant_id) as bigint) as participants_with_step
    from steps
    group by reporting_year, plie_code
),

-- No exit in a PLIE that delivered its parcours is a count of zero; without a steps file the steps are unknown.
counts as (
    select
        parcours_counts.*,
        {%- for measure in exit_measures %}
        coalesce(exit_counts.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        case when step_files.plie_code is not null then coalesce(step_counts.steps, 0) end as steps,
        case when step_files.plie_code is not null then coalesce(step_counts.participants_with_step, 0) end
            as participants_with_step
    from parcours_counts
    left join exit_counts using (reporting_year, plie_code)
    left join step_counts using (reporting_year, plie_code)
    left join step_files using (reporting_year, plie_code)
),

summed as (
    {{ sum_over_territories('counts', 'territories', 'plie_code', [], parcours_measures + exit_measures + step_measures) }}
),

with_rates as (
    select
        *,
        -- D15: three rates, a denominator each. D14: neutralised exits leave that of the second. D18: null without one.
        {{ rate('positive_exits', 'exits') }} as positive_rate_raw,
        {{ rate('positive_exits', 'exits_excluding_neutralised') }} as positive_rate_neutralised,
        {{ rate('positive_exits', 'entries') }} as positive_per_entry,
        {{ rate('positive_durable_job', 'positive_exits') }} as durable_job_share,
        {{ rate('positive_training', 'positive_exits') }} as training_share,
        {{ rate('positive_other', 'positive_exits') }} as other_positive_share,
        {{ rate('abandoned_exits', 'nofollow_exits') }} as abandoned_share_of_nofollow,
        {{ rate('neutralised_exits', 'nofollow_exits') }} as neutralised_share_of_nofollow,
        {{ rate('other_nofollow_exits', 'nofollow_exits') }} as other_nofollow_share_of_nofollow,
        {{ rate('abandoned_exits', 'exits') }} as abandoned_share,
        {{ rate('neutralised_exits', 'exits') }} as neutralised_share,
        {{ rate('other_nofollow_exits', 'exits') }} as other_nofollow_share,
        -- D1E: what is declared, beside what is proven, on the same denominators.
        {{ rate('declared_positive_exits', 'exits') }} as positive_rate_declared_raw,
        {{ rate('declared_positive_exits', 'exits_excluding_neutralised') }} as positive_rate_declared_neutralised,
        {{ rate('early_exits_due_next_year', 'positive_exits') }} as due_next_year_share,
        {{ rate('nofollow_with_outcome', 'nofollow_exits') }} as nofollow_with_outcome_share,
        -- D19: on the exits whose contract type is known.
        {{ rate('durable_contracts', 'contracts_known') }} as durable_contract_share,
        {{ rate('durable_fixed_term_contracts', 'contracts_known') }} as durable_fixed_term_share,
        -- D24: on the participants who have a step, and on all.
        {{ rate('steps', 'participants_with_step') }} as steps_per_participant,
        {{ rate('steps', 'persons_in_parcours') }} as steps_per_person_in_parcours
    from summed
),

-- D1G: the durations of all exits of the year.
exit_durations as (
    select
        durations.reporting_year,
        durations.territory_kind,
        durations.territory_code,
        durations.duration_days,
        durations.duration_month_days,
        durations.duration_months_mean,
        durations.duration_months_median
    from durations
    where
        durations.population = 'exits'
        and durations.exit_class = {{ total_cut() }}
),

final as (
    select
        with_rates.*,
        exit_durations.duration_days,
        exit_durations.duration_month_days,
        exit_durations.duration_months_mean,
        exit_durations.duration_months_median,
        dim_territory.territory_name
    from with_rates
    left join exit_durations using (reporting_year, territory_kind, territory_code)
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
