-- D50: one row per intermediate body that its register names or that manages the credits of a PLIE: what the last register says.
with delivered as (select * from {{ ref('stg_network__intermediate_body_register') }}),

acceptance as (select * from {{ ref('int_network__row_acceptance') }}),

bodies as (select * from {{ ref('int_network__intermediate_bodies') }}),

regions as (select * from {{ ref('regions') }}),

accepted as (
    {{ accepted_rows('delivered', 'acceptance') }}
),

ranked_accepted as (
    select
        *,
        row_number() over (partition by oi_code order by delivery_year desc) as place
    from accepted
),

last_named as (
    select *
    from ranked_accepted
    where place = 1
),

all_codes as (
    select oi_code from last_named
    union
    select oi_code from bodies
),

final as (
    select
        all_codes.oi_code,
        last_named.name,
        last_named.region_code,
        regions.region_name,
        last_named.oi_code is not null as is_registered
    from all_codes
    left join last_named using (oi_code)
    left join regions on last_named.region_code = regions.region_code
)

select * from final
