with days as (
    select day_in_calendar as date_day
    from {{ days_of_years(first_calendar_year(), 'extract(year from ' ~ as_of_date() ~ ')') }}
),

names as (select * from {{ ref('calendar_names') }}),

numbered as (
    select
        date_day,
        cast(extract(year from date_day) as integer) as reporting_year,
        cast(extract(quarter from date_day) as integer) as quarter_no,
        cast(extract(month from date_day) as integer) as month_no,
        cast(extract(week from date_day) as integer) as week_no,
        cast({{ days_from_to("cast(date_trunc('week', date_day) as date)", 'date_day') }} as integer) as weekday_no
    from days
),

final as (
    select
        numbered.date_day,
        numbered.reporting_year,
        numbered.quarter_no,
        numbered.month_no,
        months.label_fr as month_label_fr,
        numbered.week_no,
        numbered.weekday_no,
        weekdays.label_fr as weekday_label_fr,
        numbered.date_day = {{ last_day_of_year('numbered.reporting_year') }} as is_last_of_year
    from numbered
    inner join names as months on months.unit = 'month' and numbered.month_no = months.number
    inner join names as weekdays on weekdays.unit = 'weekday' and numbered.weekday_no = weekdays.number
)

select * from final
