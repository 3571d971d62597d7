-- D53: one row per member that a register names: what the last register that names it says.
with delivered as (select * from {{ ref('stg_network__members') }}),

acceptance as (select * from {{ ref('int_network__row_acceptance') }}),

regions as (select * from {{ ref('regions') }}),

accepted as (
    {{ accepted_rows('delivered', 'acceptance') }}
),

ranked_accepted as (
    select
        *,
        row_number() over (partition by member_code order by delivery_year desc) as place
    from accepted
),

last_named as (
    select *
    from ranked_accepted
    where place = 1
),

final as (
    select
        last_named.member_code,
        last_named.name,
        last_named.membership,
        last_named.member_type,
        last_named.region_code,
        regions.region_name,
        last_named.joined_on,
        last_named.left_on
    from last_named
    left join regions using (region_code)
)

select * from final
