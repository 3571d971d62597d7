-- D20: the steps that count.
with steps as (select * from {{ ref('int_plie__steps') }}),

final as (
    select * exclude (source_file, source_row, reason_code)
    from steps
    where reason_code is null
)

select * from final
