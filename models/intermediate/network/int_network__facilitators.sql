-- D46: the facilitators that a structure declares for a year, as headcount and as ETP: accepted rows only.
with facilitators as (select * from {{ ref('stg_network__facilitators') }}),

acceptance as (select * from {{ ref('int_network__row_acceptance') }}),

accepted as (
    {{ accepted_rows('facilitators', 'acceptance') }}
),

final as (
    select
        reporting_year,
        structure_code,
        headcount,
        fte as etp
    from accepted
)

select * from final
