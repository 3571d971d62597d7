-- D84: the lines that lead from a figure of the network add up to that of the ESF+, for each PLIE, year and subject, and begin
-- with what the network counts.
with bridge as (select * from {{ ref('esf_bridge') }}),

outcomes as (
    select
        reporting_year,
        territory_code as plie_code,
        entries,
        exits_excluding_neutralised,
        positive_durable_job
    from {{ ref('plie_outcomes') }}
    where territory_kind = 'plie'
),

summed as (
    select
        reporting_year,
        plie_code,
        subject,
        sum(line_value) filter (where not is_esf_figure) as line_sum,
        sum(line_value) filter (where is_esf_figure) as esf_figure,
        sum(line_value) filter (where line_no = 1) as network_figure
    from bridge
    group by reporting_year, plie_code, subject
)

select
    summed.*,
    outcomes.entries,
    outcomes.exits_excluding_neutralised,
    outcomes.positive_durable_job
from summed
left join outcomes using (reporting_year, plie_code)
where
    summed.line_sum is distinct from summed.esf_figure
    or summed.network_figure is distinct from coalesce(
        case summed.subject
            when 'participants' then outcomes.entries
            when 'leavers' then outcomes.exits_excluding_neutralised
            else outcomes.positive_durable_job
        end,
        0
    )
