-- D50: the PLIE whose ESF credits an intermediate body manages, as the register used for each year says (register_of_year).
with years as (select * from {{ ref('int_network__years') }}),

delivered as (select * from {{ ref('stg_network__intermediate_bodies') }}),

dispositions as (select * from {{ ref('int_network__row_dispositions') }}),

bodies as (
    {{ accepted_rows('delivered', 'dispositions') }}
),

body_years as (
    {{ register_of_year('bodies', 'years') }}
),

final as (
    select
        body_years.reporting_year,
        bodies.oi_code,
        bodies.plie_code
    from body_years
    inner join bodies using (delivery_year)
)

select * from final
