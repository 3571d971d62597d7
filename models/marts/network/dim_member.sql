-- D53: the members that a register names.
select * from {{ ref('int_network__member_names') }}
