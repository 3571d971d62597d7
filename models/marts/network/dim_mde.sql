-- D50: the houses of employment that a register names.
select * from {{ ref('int_network__houses') }}
