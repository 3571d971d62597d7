-- D50: the structures that a register names or that deliver.
select * from {{ ref('int_clause__structures') }}
