-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D50: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = ['mde_code', 'name', 'department_code', 'opened_on', 'closed_on'] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_network', 'mde_register'), columns) }}
),

typed as (
    select
        upper(cleaned.delivered_mde_code) as mde_code,
        cleaned.delivered_name as name, -- noqa: RF04
        {{ national_code('department_code') }} as department_code,
        {{ parse_date('cleaned.delivered_opened_on') }} as opened_on,
        {{ parse_date('cleaned.delivered_closed_on') }} as closed_on,
        cleaned.*
    from cleaned
    {{ join_codes('department_code', 'department', 'mde_code') }}
),

final as (
    select
        'mde_register' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_mde_code as supplier_code,
        {{ record_key(['mde_code']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect(['mde_code', 'name'], codes=[]) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end, delivered_name)
    from typed
)

select * from final
