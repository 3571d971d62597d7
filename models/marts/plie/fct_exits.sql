-- D03, D10: the exits of the year that count, with their class.
with exits as (select * from {{ ref('int_plie__exits') }}),

final as (
    select * exclude (source_file, source_row, reason_code, is_exit_of_year)
    from exits
    where
        reason_code is null
        and is_exit_of_year
)

select * from final
