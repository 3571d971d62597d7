-- D50: the PLIE that a register names or that deliver.
select * from {{ ref('int_plie__register') }}
