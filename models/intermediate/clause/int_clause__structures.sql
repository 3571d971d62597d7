-- D50: one row per structure that a register names or that delivers: what the last register that names a structure says.
with clause_structures as (select * from {{ ref('stg_network__clause_structures') }}),

network_acceptance as (select * from {{ ref('int_network__row_acceptance') }}),

departments as (select * from {{ ref('departments') }}),

regions as (select * from {{ ref('regions') }}),

deliveries as (select * from {{ ref('int_clause__deliveries') }}),

register as (
    {{ accepted_rows('clause_structures', 'network_acceptance') }}
),

ranked_register as (
    select
        *,
        row_number() over (partition by structure_code order by delivery_year desc) as place
    from register
),

last_register as (
    select *
    from ranked_register
    where place = 1
),

suppliers as (
    select structure_code
    from deliveries
    group by structure_code
),

all_codes as (
    select structure_code from last_register
    union
    select structure_code from suppliers
),

final as (
    select
        all_codes.structure_code,
        last_register.name,
        last_register.structure_kind,
        last_register.department_code,
        departments.department_name,
        departments.region_code,
        regions.region_name,
        last_register.opened_on,
        last_register.closed_on,
        last_register.structure_code is not null as is_registered
    from all_codes
    left join last_register using (structure_code)
    left join departments on last_register.department_code = departments.department_code
    left join regions on departments.region_code = regions.region_code
)

select * from final
