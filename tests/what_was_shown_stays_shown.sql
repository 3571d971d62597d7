-- Figures that the last release showed and that did not change are shown: who kept that release knows them, so that to
-- suppress them protects from new readers only. A warning, because a count that became small may leave no other way (D60).
{{ config(severity = 'warn') }}

with released as (select * from {{ source('history', 'disclosure_figures') }}),

released_suppressed as (select * from {{ source('history', 'disclosure_suppressed') }}),

figures as (select * from {{ ref('int_disclosure__figures') }}),

suppressed as (select * from {{ ref('int_disclosure__suppressed') }}),

-- A figure that is the same in all rows of its cut is suppressed once.
same_figures as (
    select
        figures.* exclude (cut_value),
        if(figures.is_repeated, '', figures.cut_value) as cut_value
    from figures
    inner join released
        using (reporting_year, territory_kind, territory_code, mart, cut, cut_value, measure, measure_value)
)

select distinct
    reporting_year,
    territory_kind,
    territory_code,
    mart,
    cut,
    cut_value,
    measure
from same_figures
semi join suppressed using (reporting_year, territory_kind, territory_code, mart, cut, cut_value, measure)
anti join released_suppressed using (reporting_year, territory_kind, territory_code, mart, cut, cut_value, measure)
