with register as (select * from {{ ref('plie_register') }}),

departments as (select * from {{ ref('departments') }}),

regions as (select * from {{ ref('regions') }}),

door as (select * from {{ ref('int_plie__door') }}),

suppliers as (
    select supplier_code as plie_code
    from door
    where reason_code is null
    group by supplier_code
),

all_codes as (
    select plie_code from register
    union
    select plie_code from suppliers
),

final as (
    select
        all_codes.plie_code,
        register.name,
        register.town,
        register.department_code,
        departments.department_name,
        departments.region_code,
        regions.region_name,
        register.opened_on,
        register.closed_on,
        register.plie_code is not null as is_registered
    from all_codes
    left join register on all_codes.plie_code = register.plie_code
    left join departments on register.department_code = departments.department_code
    left join regions on departments.region_code = regions.region_code
)

select * from final
