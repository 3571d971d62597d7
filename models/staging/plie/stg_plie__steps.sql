-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D20: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = [
    'reporting_year', 'plie_code', 'participant_id', 'parcours_no', 'step_id', 'step_type', 'start_date', 'end_date',
    'contract_type', 'employer_type',
] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries', 'steps'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_plie_code) as plie_code,
        cleaned.delivered_participant_id as participant_id,
        {{ parse_integer('cleaned.delivered_parcours_no') }} as parcours_no,
        cleaned.delivered_step_id as step_id,
        {{ national_code('step_type') }} as step_type,
        {{ parse_date('cleaned.delivered_start_date') }} as start_date,
        {{ parse_date('cleaned.delivered_end_date') }} as end_date,
        {{ national_code('contract_type') }} as contract_type,
        {{ national_code('employer_type') }} as employer_type,
        cleaned.*
    from cleaned
    {{ join_codes('step_type', 'step_type', 'plie_code') }}
    {{ join_codes('contract_type', 'contract_type', 'plie_code') }}
    {{ join_codes('employer_type', 'employer_type', 'plie_code') }}
),

final as (
    select
        'steps' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_plie_code as supplier_code,
        {{ record_key(['step_id']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect([
            'reporting_year', 'plie_code', 'participant_id', 'parcours_no', 'step_id', 'step_type', 'start_date',
        ], codes=['step_type']) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end, delivered_participant_id, delivered_step_id)
    from typed
)

select * from final
