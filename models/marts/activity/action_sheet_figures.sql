-- D72: each figure that a sheet declares, with its unit and qualifier, and beside it the same figure counted from the steps of
-- the year that carry the code of the sheet: its persons, the share of them that is in a profile, or whose steps of the action
-- have all ended by 31 December. A figure of which no step says anything has none. D33: a share is of the persons of whom it is
-- known.
with judged_rows as (select * from {{ ref('int_activity__rows') }}),

steps as (select * from {{ ref('fct_steps') }}),

parcours_profiles as (select * from {{ ref('int_plie__parcours_profiles') }}),

declared as (
    select
        reporting_year,
        attributes['sheet_id'] as sheet_id,
        cast(attributes['line_no'] as integer) as line_no,
        attributes['label'] as label_fr,
        cast(attributes['value'] as decimal(18, 6)) as declared_value,
        attributes['unit'] as unit,
        attributes['qualifier'] as qualifier,
        attributes['counted_as'] as counted_as,
        attributes['plie_code'] as plie_code
    from judged_rows
    where
        source_table = 'action_sheet_figures'
        and reason_code is null
),

-- A sheet of a PLIE is of its own steps; one of several is of those of all.
sheets as (
    select distinct
        reporting_year,
        sheet_id,
        plie_code
    from declared
),

action_persons as (
    select
        sheets.reporting_year,
        sheets.sheet_id,
        steps.plie_code,
        steps.participant_id,
        min(steps.parcours_no) as parcours_no,
        bool_and(coalesce(steps.end_date <= {{ last_day_of_year('sheets.reporting_year') }}, false)) as has_ended
    from sheets
    inner join steps
        on
            sheets.reporting_year = steps.reporting_year
            and sheets.sheet_id = steps.action_code
            and (sheets.plie_code = steps.plie_code or sheets.plie_code is null)
    group by sheets.reporting_year, sheets.sheet_id, steps.plie_code, steps.participant_id
),

counted as (
    select
        reporting_year,
        sheet_id,
        {{ counted_persons() }} as counted_as,
        count(*) as numerator,
        null as denominator
    from action_persons
    group by reporting_year, sheet_id
    union all
    select
        reporting_year,
        sheet_id,
        {{ counted_ended() }} as counted_as,
        count(*) filter (where has_ended) as numerator,
        count(*) as denominator
    from action_persons
    group by reporting_year, sheet_id
    union all
    select
        action_persons.reporting_year,
        action_persons.sheet_id,
        parcours_profiles.profile as counted_as,
        count(*) filter (where parcours_profiles.is_in_profile) as numerator,
        count(parcours_profiles.is_in_profile) as denominator
    from action_persons
    inner join parcours_profiles using (reporting_year, plie_code, participant_id, parcours_no)
    group by action_persons.reporting_year, action_persons.sheet_id, parcours_profiles.profile
),

with_counted as (
    select
        declared.reporting_year,
        declared.sheet_id,
        declared.line_no,
        declared.label_fr,
        declared.declared_value,
        declared.unit,
        declared.qualifier,
        declared.counted_as,
        cast(counted.numerator as bigint) as numerator,
        cast(counted.denominator as bigint) as denominator,
        {{ rate('counted.numerator', 'counted.denominator') }} as counted_share,
        case when counted.denominator is null then counted.numerator end as counted_number
    from declared
    left join counted using (reporting_year, sheet_id, counted_as)
),

-- A share is declared in percent.
final as (
    select
        * exclude (counted_share, counted_number),
        cast(coalesce({{ percent('counted_share') }}, counted_number) as decimal(18, 6)) as counted_value,
        cast(
            coalesce({{ percent('counted_share') }}, counted_number) - declared_value as decimal(18, 6)
        ) as counted_less_declared
    from with_counted
)

select * from final
