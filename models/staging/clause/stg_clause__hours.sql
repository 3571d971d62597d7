-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D40: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = [
    'reporting_year', 'structure_code', 'work_contract_id', 'buyer_id', 'procurement_id', 'lot_no', 'month', 'hours',
    'proof',
] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_clause', 'hours'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_structure_code) as structure_code,
        cleaned.delivered_work_contract_id as work_contract_id,
        {{ parse_siret('cleaned.delivered_buyer_id') }} as buyer_id,
        cleaned.delivered_procurement_id as procurement_id,
        cleaned.delivered_lot_no as lot_no,
        {{ parse_month('cleaned.delivered_month') }} as month, -- noqa: RF04
        {{ parse_hours('cleaned.delivered_hours') }} as hours,
        {{ national_code('proof') }} as proof,
        cleaned.*
    from cleaned
    {{ join_codes('proof', 'proof', 'structure_code') }}
),

final as (
    select
        'hours' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_structure_code as supplier_code,
        {{ record_key(['work_contract_id', 'buyer_id', 'procurement_id', 'lot_no', 'month'],
            as_delivered=['month']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect([
            'reporting_year', 'structure_code', 'work_contract_id', 'buyer_id', 'procurement_id', 'lot_no', 'month',
            'hours',
        ], codes=[]) }} as defect,
        * exclude (
            source_file, source_row, delivery_year, year_end, delivered_work_contract_id, delivered_procurement_id,
            delivered_lot_no
        )
    from typed
)

select * from final
