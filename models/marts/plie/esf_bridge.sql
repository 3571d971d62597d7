-- D84: from the figures of the network to those of the ESF+, for one PLIE and year, each difference a line. Each entry and each
-- exit of the year has one place: it counts on both sides, or on one of them for the first reason that applies.
with parcours as (select * from {{ ref('fct_parcours') }}),

exits as (select * from {{ ref('fct_exits') }}),

exit_classes as (select * from {{ ref('exit_classes') }}),

stays as (select * from {{ ref('int_plie__esf_stays') }}),

participations as (select * from {{ ref('int_plie__esf_participations') }}),

results as (select * from {{ ref('int_plie__esf_results') }}),

indicators as (select * from {{ ref('esf_indicators') }}),

lines as (select * from {{ ref('esf_bridge_lines') }}),

stays_of_year as (
    select
        stays.plie_code,
        stays.participant_id,
        stays.parcours_no,
        cast(extract(year from stays.cutoff_date) as integer) as reporting_year,
        case
            when stays.esf_operation_id is null then 'not_in_operation'
            when not stays.is_long_enough then 'one_day'
            when not participations.is_in_programme then 'other_programme'
        end as outside,
        stays.parcours_no = participations.first_parcours_no as is_first,
        stays.parcours_no = participations.last_parcours_no
        and participations.last_exit_date is not null as is_last,
        participations.is_employed,
        results.left_employed
    from stays
    left join participations using (cutoff_date, plie_code, esf_operation_id, participant_id)
    left join results using (cutoff_date, plie_code, esf_operation_id, participant_id)
    where
        stays.cutoff_date = {{ last_day_of_year('extract(year from stays.cutoff_date)') }}
        and stays.has_operations
),

entries as (
    select
        parcours.reporting_year,
        parcours.plie_code,
        coalesce(stays_of_year.outside, case when not stays_of_year.is_first then 're_entries' end) as line_code
    from parcours
    inner join stays_of_year using (reporting_year, plie_code, participant_id, parcours_no)
    where parcours.is_entry
),

exits_of_year as (
    select
        exits.reporting_year,
        exits.plie_code,
        exits.is_neutralised,
        exits.is_dated_early,
        exit_classes.is_durable_job,
        stays_of_year.is_employed,
        coalesce(stays_of_year.outside, case when not stays_of_year.is_last then 're_entries' end) as line_code,
        coalesce(
            stays_of_year.outside is null
            and stays_of_year.is_last
            and not stays_of_year.is_employed
            and stays_of_year.left_employed,
            false
        ) as is_in_esf_employment
    from exits
    inner join stays_of_year using (reporting_year, plie_code, participant_id, parcours_no)
    inner join exit_classes using (exit_class)
),

jobs as (
    select
        reporting_year,
        plie_code,
        is_in_esf_employment,
        case
            when is_durable_job and is_in_esf_employment then null
            when is_durable_job and line_code is not null then line_code
            when is_durable_job and is_employed then 'employed_at_entry'
            when is_durable_job and is_dated_early then 'dated_early'
            when is_durable_job then 'no_employment_status'
            when is_in_esf_employment and is_neutralised then 'neutralised'
            when is_in_esf_employment then 'other_jobs'
        end as line_code,
        is_durable_job
    from exits_of_year
),

-- Who counts at the end of the year by an entry or an exit of an earlier one.
cumulated as (
    select
        cast(extract(year from participations.cutoff_date) as integer) as reporting_year,
        participations.*,
        results.participant_id is not null as is_leaver,
        coalesce(not participations.is_employed and results.left_employed, false) as is_in_esf_employment
    from participations
    left join results using (cutoff_date, plie_code, esf_operation_id, participant_id)
    where
        participations.is_in_programme
        and participations.cutoff_date = {{ last_day_of_year('extract(year from participations.cutoff_date)') }}
),

subjects as (
    select subject
    from lines
    group by subject
),

of_earlier_years as (
    select
        cumulated.reporting_year,
        cumulated.plie_code,
        subjects.subject,
        case subjects.subject
            when 'participants' then not coalesce(parcours.is_entry, false)
            when 'leavers' then cumulated.is_leaver and exits.parcours_no is null
            else cumulated.is_in_esf_employment and exits.parcours_no is null
        end as is_counted
    from cumulated
    cross join subjects
    left join parcours
        on
            cumulated.reporting_year = parcours.reporting_year
            and cumulated.plie_code = parcours.plie_code
            and cumulated.participant_id = parcours.participant_id
            and cumulated.first_parcours_no = parcours.parcours_no
    left join exits
        on
            cumulated.reporting_year = exits.reporting_year
            and cumulated.plie_code = exits.plie_code
            and cumulated.participant_id = exits.participant_id
            and cumulated.last_parcours_no = exits.parcours_no
),

-- The figures of the ESF+ that the lines lead to.
ends as (
    select
        cast(extract(year from cutoff_date) as integer) as reporting_year,
        territory_code as plie_code,
        max(case when indicator_code = 'EECO01' then numerator end) as participants_esf,
        max(case when indicator_code = 'EECR02' then base end) as leavers_esf,
        max(case when indicator_code = 'EECR04' then numerator end) as employed_esf
    from indicators
    where
        territory_kind = 'plie'
        and region_category = {{ total_cut() }}
        and sex = {{ total_cut() }}
        and cutoff_date = {{ last_day_of_year('extract(year from cutoff_date)') }}
    group by extract(year from cutoff_date), territory_code
),

counted as (
    select
        reporting_year,
        plie_code,
        'participants' as subject,
        line_code,
        count(*) as line_count
    from entries
    where line_code is not null
    group by reporting_year, plie_code, line_code
    union all
    select
        reporting_year,
        plie_code,
        'leavers' as subject,
        line_code,
        count(*) as line_count
    from exits_of_year
    where line_code is not null
    group by reporting_year, plie_code, line_code
    union all
    select
        reporting_year,
        plie_code,
        'employment' as subject,
        line_code,
        count(*) as line_count
    from jobs
    where line_code is not null
    group by reporting_year, plie_code, line_code
    union all
    select
        reporting_year,
        plie_code,
        'participants' as subject,
        'entries' as line_code,
        count(*) as line_count
    from entries
    group by reporting_year, plie_code
    union all
    select
        reporting_year,
        plie_code,
        'leavers' as subject,
        case when is_neutralised then 'neutralised' else 'exits_excluding_neutralised' end as line_code,
        count(*) as line_count
    from exits_of_year
    group by reporting_year, plie_code, is_neutralised
    union all
    select
        reporting_year,
        plie_code,
        'employment' as subject,
        'positive_durable_job' as line_code,
        count(*) filter (where is_durable_job) as line_count
    from jobs
    group by reporting_year, plie_code
    union all
    select
        reporting_year,
        plie_code,
        subject,
        'cumulative' as line_code,
        count(*) as line_count
    from of_earlier_years
    where is_counted
    group by reporting_year, plie_code, subject
),

esf_figures as (
    select
        reporting_year,
        plie_code,
        'participants' as subject,
        participants_esf as esf_figure
    from ends
    union all
    select
        reporting_year,
        plie_code,
        'leavers' as subject,
        leavers_esf as esf_figure
    from ends
    union all
    select
        reporting_year,
        plie_code,
        'employment' as subject,
        employed_esf as esf_figure
    from ends
),

with_line as (
    select
        esf_figures.reporting_year,
        esf_figures.plie_code,
        lines.subject,
        lines.line_code,
        lines.label_fr,
        lines.display_order as line_no,
        lines.sign = 0 as is_esf_figure,
        case
            when lines.sign = 0 then esf_figures.esf_figure
            else lines.sign * coalesce(counted.line_count, 0)
        end as line_value
    from esf_figures
    inner join lines using (subject)
    left join counted
        on
            esf_figures.reporting_year = counted.reporting_year
            and esf_figures.plie_code = counted.plie_code
            and esf_figures.subject = counted.subject
            and lines.line_code = counted.line_code
    where esf_figures.esf_figure is not null
),

final as (
    select
        reporting_year,
        plie_code,
        subject,
        line_code,
        label_fr,
        line_no,
        is_esf_figure,
        cast(line_value as bigint) as line_value
    from with_line
)

select * from final
