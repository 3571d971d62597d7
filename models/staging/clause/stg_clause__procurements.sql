-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D44: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = [
    'reporting_year', 'structure_code', 'buyer_id', 'procurement_id', 'lot_no', 'buyer_type', 'nature', 'awardee_id',
    'awardee_type', 'notified_on', 'hours_committed',
] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_clause', 'procurements'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_structure_code) as structure_code,
        {{ parse_siret('cleaned.delivered_buyer_id') }} as buyer_id,
        cleaned.delivered_procurement_id as procurement_id,
        cleaned.delivered_lot_no as lot_no,
        {{ national_code('buyer_type') }} as buyer_type,
        {{ national_code('nature') }} as nature,
        cleaned.delivered_awardee_id as awardee_id,
        {{ national_code('awardee_type') }} as awardee_type,
        {{ parse_date('cleaned.delivered_notified_on') }} as notified_on,
        {{ parse_hours('cleaned.delivered_hours_committed') }} as hours_committed,
        cleaned.*
    from cleaned
    {{ join_codes('buyer_type', 'buyer_type', 'structure_code') }}
    {{ join_codes('nature', 'nature', 'structure_code') }}
    {{ join_codes('awardee_type', 'employer_type', 'structure_code') }}
),

final as (
    select
        'procurements' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_structure_code as supplier_code,
        {{ record_key(['buyer_id', 'procurement_id', 'lot_no']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect([
            'reporting_year', 'structure_code', 'buyer_id', 'procurement_id', 'lot_no',
        ], codes=[]) }} as defect,
        * exclude (
            source_file, source_row, delivery_year, year_end, delivered_procurement_id, delivered_lot_no,
            delivered_awardee_id
        )
    from typed
)

select * from final
