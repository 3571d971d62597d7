-- D40, D41: the accepted rows of hours, counted or not.
with hours as (select * from {{ ref('int_clause__hours') }}),

final as (
    select
        * exclude (source_file, source_row, is_accepted, birth_year, reason_code),
        reason_code as exclusion_reason
    from hours
    where is_accepted
)

select * from final
