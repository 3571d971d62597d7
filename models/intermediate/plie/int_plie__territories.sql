-- D01: persons are distinct within a PLIE, so that the counts of a territory are the sums of its PLIE's counts.
-- D5A: an intermediate body is a territory too: that of the PLIE whose ESF credits it manages, as the last register says.
with plie as (select * from {{ ref('int_plie__register') }}),

bodies as (select * from {{ ref('int_network__intermediate_bodies') }}),

with_last_year as (
    select
        *,
        max(reporting_year) over () as last_reporting_year
    from bodies
),

last_bodies as (
    select
        oi_code,
        plie_code
    from with_last_year
    where reporting_year = last_reporting_year
),

final as (
    {{ territory_bridge('plie', 'plie_code', 'plie') }}
    union all
    select
        last_bodies.plie_code,
        'oi' as territory_kind,
        last_bodies.oi_code as territory_code
    from last_bodies
    inner join plie using (plie_code)
)

select * from final
