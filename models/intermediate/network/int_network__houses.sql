-- D50: one row per house of employment that a register names: what the last register that names it says.
with delivered as (select * from {{ ref('stg_network__mde_register') }}),

acceptance as (select * from {{ ref('int_network__row_acceptance') }}),

departments as (select * from {{ ref('departments') }}),

regions as (select * from {{ ref('regions') }}),

coordinates as (
    select *
    from {{ ref('int_network__coordinates') }}
    where is_in_france
),

accepted as (
    {{ accepted_rows('delivered', 'acceptance') }}
),

ranked_accepted as (
    select
        *,
        row_number() over (partition by mde_code order by delivery_year desc) as place
    from accepted
),

last_named as (
    select *
    from ranked_accepted
    where place = 1
),

final as (
    select
        last_named.mde_code,
        last_named.name,
        last_named.town,
        last_named.department_code,
        departments.department_name,
        departments.region_code,
        regions.region_name,
        last_named.opened_on,
        last_named.closed_on,
        coordinates.latitude,
        coordinates.longitude
    from last_named
    left join departments using (department_code)
    left join regions on departments.region_code = regions.region_code
    left join coordinates using (source_table, source_file, source_row)
)

select * from final
