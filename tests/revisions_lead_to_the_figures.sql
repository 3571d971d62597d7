-- The last revision of a figure says what it is now, and each one goes on from where the one before left it (D61).
with revisions as (select * from {{ ref('revisions') }}),

figures as (select * from {{ ref('indicators') }}),

definitions as (select * from {{ ref('measures') }}),

steps as (
    select
        *,
        lead(revision_no) over figure as next_revision_no,
        lead(previous_value) over figure as next_previous_value,
        lead(previous_numerator) over figure as next_previous_numerator,
        lead(previous_denominator) over figure as next_previous_denominator
    from revisions
    window figure as (
        partition by reporting_year, territory_kind, territory_code, indicator_code, cut, cut_value, method_version
        order by revision_no
    )
)

select
    steps.revision_no,
    steps.reporting_year,
    steps.territory_kind,
    steps.territory_code,
    steps.indicator_code,
    steps.cut,
    steps.cut_value
from steps
-- What nothing defines any more is left as it was.
inner join definitions using (indicator_code, cut, method_version)
left join figures using (reporting_year, territory_kind, territory_code, indicator_code, cut, cut_value, method_version)
where
    case
        when steps.next_revision_no is null
            then
                steps.value is distinct from figures.value
                or steps.numerator is distinct from figures.numerator
                or steps.denominator is distinct from figures.denominator
        -- Between the two it was not defined.
        when steps.next_previous_numerator is null then false
        else
            steps.value is distinct from steps.next_previous_value
            or steps.numerator is distinct from steps.next_previous_numerator
            or steps.denominator is distinct from steps.next_previous_denominator
    end
