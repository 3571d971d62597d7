-- Each check that has results is listed, with its French words: those of the models and those of the intake.
with results as (select * from {{ ref('check_results') }}),

listed as (
    select check_id from {{ ref('quality_checks') }}
    union
    select check_id from {{ ref('intake_checks') }}
)

select
    results.check_id,
    count(*) as occurrences
from results
left join listed using (check_id)
where listed.check_id is null
group by results.check_id
