-- One value of each parameter at any time, and no hole between two: a year would use the wrong one, or be refused.
with parameters as (select * from {{ ref('parameters') }}),

neighbours as (
    select
        name,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by name order by valid_from) as next_from
    from parameters
)

select
    name,
    valid_from,
    valid_to,
    next_from
from neighbours
where
    valid_to < valid_from
    or (next_from is not null and valid_to is null)
    or (next_from is not null and next_from <> valid_to + 1)
