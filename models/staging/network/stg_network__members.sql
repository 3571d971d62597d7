-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D53: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = [
    'member_code', 'name', 'membership', 'member_type', 'region_code', 'joined_on', 'left_on', 'is_employer_member',
] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_network', 'members'), columns) }}
),

typed as (
    select
        upper(cleaned.delivered_member_code) as member_code,
        cleaned.delivered_name as name, -- noqa: RF04
        {{ national_code('membership') }} as membership,
        {{ national_code('member_type') }} as member_type,
        {{ national_code('region_code') }} as region_code,
        {{ parse_date('cleaned.delivered_joined_on') }} as joined_on,
        {{ parse_date('cleaned.delivered_left_on') }} as left_on,
        cast({{ national_code('is_employer_member') }} as boolean) as is_employer_member,
        cleaned.*
    from cleaned
    {{ join_codes('membership', 'membership', 'member_code') }}
    {{ join_codes('member_type', 'member_type', 'member_code') }}
    {{ join_codes('region_code', 'region', 'member_code') }}
    {{ join_codes('is_employer_member', 'boolean', 'member_code') }}
),

final as (
    select
        'members' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_member_code as supplier_code,
        {{ record_key(['member_code']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect(['member_code', 'name'], codes=[]) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end, delivered_name)
    from typed
)

select * from final
