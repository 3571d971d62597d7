-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D41: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = [
    'reporting_year', 'structure_code', 'work_contract_id', 'beneficiary_id', 'employer_id', 'employer_type',
    'contract_type', 'start_date', 'end_date',
] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_clause', 'work_contracts'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_structure_code) as structure_code,
        cleaned.delivered_work_contract_id as work_contract_id,
        cleaned.delivered_beneficiary_id as beneficiary_id,
        cleaned.delivered_employer_id as employer_id,
        {{ national_code('employer_type') }} as employer_type,
        {{ national_code('contract_type') }} as contract_type,
        {{ parse_date('cleaned.delivered_start_date') }} as start_date,
        {{ parse_date('cleaned.delivered_end_date') }} as end_date,
        cleaned.*
    from cleaned
    {{ join_codes('employer_type', 'employer_type', 'structure_code') }}
    {{ join_codes('contract_type', 'contract_type', 'structure_code') }}
),

final as (
    select
        'work_contracts' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_structure_code as supplier_code,
        {{ record_key(['work_contract_id']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect([
            'reporting_year', 'structure_code', 'work_contract_id', 'beneficiary_id', 'start_date',
        ], codes=[]) }} as defect,
        * exclude (
            source_file, source_row, delivery_year, year_end, delivered_work_contract_id, delivered_beneficiary_id,
            delivered_employer_id
        )
    from typed
)

select * from final
