-- D24: the PLIE and years that delivered a file of steps. Without one the number of steps is unknown, not 0.
with steps as (select * from {{ ref('stg_plie__steps') }}),

final as (
    select
        reporting_year,
        plie_code
    from steps
    group by reporting_year, plie_code
)

select * from final
