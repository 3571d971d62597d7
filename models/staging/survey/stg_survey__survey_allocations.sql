-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D54: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = [
    'reporting_year', 'plie_code', 'operator_type', 'operation_type', 'amount_eur',
] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_survey', 'survey_allocations'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_plie_code) as plie_code,
        {{ national_code('operator_type') }} as operator_type,
        cleaned.delivered_operation_type as operation_type,
        {{ parse_decimal('cleaned.delivered_amount_eur') }} as amount_eur,
        cleaned.*
    from cleaned
    {{ join_codes('operator_type', 'operator_type', 'plie_code') }}
),

final as (
    select
        'survey_allocations' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_plie_code as supplier_code,
        {{ record_key(['operator_type', 'operation_type']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect([
            'reporting_year', 'plie_code', 'operator_type', 'operation_type', 'amount_eur',
        ], codes=['operator_type']) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end, delivered_operation_type)
    from typed
)

select * from final
