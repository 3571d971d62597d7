-- D50: the intermediate bodies that a register names or that manage the credits of a PLIE.
select * from {{ ref('int_network__bodies') }}
