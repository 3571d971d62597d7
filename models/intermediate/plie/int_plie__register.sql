-- D50: one row per PLIE that a register names or that delivers: what the last register that names a PLIE says.
with delivered_register as (select * from {{ ref('stg_network__plie_register') }}),

network_acceptance as (select * from {{ ref('int_network__row_acceptance') }}),

embedded_register as (select * from {{ ref('plie_register') }}),

departments as (select * from {{ ref('departments') }}),

regions as (select * from {{ ref('regions') }}),

acceptance as (select * from {{ ref('int_plie__row_acceptance') }}),

coordinates as (
    select *
    from {{ ref('int_network__coordinates') }}
    where is_in_france
),

survey as (select * from {{ ref('int_survey__row_dispositions') }}),

accepted as (
    {{ accepted_rows('delivered_register', 'network_acceptance') }}
),

registers as (
    {{ plie_register_rows('accepted', 'embedded_register') }}
),

-- The last register that names a PLIE says what it is now; a PLIE that only an earlier register names stays in the list.
ranked_registers as (
    select
        *,
        row_number() over (partition by plie_code order by delivery_year desc) as place
    from registers
),

register as (
    select *
    from ranked_registers
    where place = 1
),

suppliers as (
    select supplier_code as plie_code
    from acceptance
    where reason_code is null
    union
    select supplier_code as plie_code
    from survey
    where reason_code is null
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
        register.plie_code is not null as is_registered,
        coordinates.latitude,
        coordinates.longitude
    from all_codes
    left join register using (plie_code)
    left join departments on register.department_code = departments.department_code
    left join regions on departments.region_code = regions.region_code
    left join coordinates
        on
            register.source_table = coordinates.source_table
            and register.source_file = coordinates.source_file
            and register.source_row = coordinates.source_row
)

select * from final
