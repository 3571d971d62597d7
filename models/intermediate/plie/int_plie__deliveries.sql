-- D51: the PLIE and years that were delivered. A delivery is accepted when at least one of its rows is.
with acceptance as (select * from {{ ref('int_plie__row_acceptance') }}),

final as (
    select
        reporting_year,
        supplier_code as plie_code,
        bool_or(reason_code is null) as is_accepted
    from acceptance
    group by reporting_year, supplier_code
)

select * from final
