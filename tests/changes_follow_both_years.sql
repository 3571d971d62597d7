-- Every figure that two years in a row have has its change, of the two values that stand in indicators, and the exact change is
-- within a rounding of their difference; what is published of it is that, and only where both figures are shown (D55, D60).
with this_year as (
    select *
    from {{ ref('indicators') }}
    where value is not null
),

year_before as (select * from this_year),

changes as (select * from {{ ref('indicator_changes') }}),

shown as (
    select *
    from {{ ref('published_indicators') }}
    where status = {{ publication_status('publie') }}
),

shown_before as (select * from shown),

published_changes as (select * from {{ ref('published_indicator_changes') }}),

definitions as (select * from {{ ref('measures') }}),

pairs as (
    select
        this_year.*,
        year_before.value as previous_value,
        definitions.value_decimals
    from this_year
    inner join year_before
        on this_year.reporting_year - 1 = year_before.reporting_year and {{ same_figure('this_year', 'year_before') }}
    inner join definitions
        on
            this_year.indicator_code = definitions.indicator_code
            and this_year.cut = definitions.cut
            and this_year.method_version = definitions.method_version
)

select
    coalesce(pairs.reporting_year, changes.reporting_year) as reporting_year,
    coalesce(pairs.indicator_code, changes.indicator_code) as indicator_code,
    'not the difference of the two years' as problem
from pairs
full outer join changes
    on pairs.reporting_year = changes.reporting_year and {{ same_figure('pairs', 'changes') }}
where
    pairs.value is distinct from changes.value
    or pairs.previous_value is distinct from changes.previous_value
    or abs(changes.change - (changes.value - changes.previous_value)) > 1.5 * power(10, -pairs.value_decimals)

union all

select
    published_changes.reporting_year,
    published_changes.indicator_code,
    'published although a year is not, or otherwise than the mart' as problem
from published_changes
left join shown
    on published_changes.reporting_year = shown.reporting_year and {{ same_figure('published_changes', 'shown') }}
left join shown_before
    on
        published_changes.reporting_year - 1 = shown_before.reporting_year
        and {{ same_figure('published_changes', 'shown_before') }}
left join changes
    on published_changes.reporting_year = changes.reporting_year and {{ same_figure('published_changes', 'changes') }}
where
    shown.value is null
    or shown_before.value is null
    or published_changes.value is distinct from changes.value
    or published_changes.previous_value is distinct from changes.previous_value
    or published_changes.change is distinct from changes.change
    or published_changes.change_shown is distinct from changes.change_shown
    or published_changes.difference_of_shown is distinct from changes.difference_of_shown
