-- D5A: the PLIE whose ESF credits an intermediate body manages, as the last register says.
with territories as (select * from {{ ref('int_plie__territories') }}),

bodies as (select * from {{ ref('dim_oi') }}),

plie as (select * from {{ ref('dim_plie') }}),

final as (
    select
        bodies.oi_code,
        territories.plie_code,
        coalesce(bodies.name, bodies.oi_code) as oi_name,
        bodies.region_code as oi_region_code,
        bodies.region_name as oi_region_name,
        plie.name as plie_name
    from territories
    inner join bodies on territories.territory_code = bodies.oi_code
    inner join plie on territories.plie_code = plie.plie_code
    where territories.territory_kind = 'oi'
)

select * from final
