-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D57: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = ['seat_no', 'member_code', 'is_bureau'] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_network', 'board_seats'), columns) }}
),

typed as (
    select
        upper(cleaned.delivered_seat_no) as seat_no,
        upper(cleaned.delivered_member_code) as member_code,
        cast({{ national_code('is_bureau') }} as boolean) as is_bureau,
        cleaned.*
    from cleaned
    {{ join_codes('is_bureau', 'boolean', 'seat_no') }}
),

final as (
    select
        'board_seats' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_seat_no as supplier_code,
        {{ record_key(['seat_no']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect(['seat_no'], codes=[]) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end)
    from typed
)

select * from final
