-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D03: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = [
    'reporting_year', 'plie_code', 'participant_id', 'parcours_no', 'exit_date', 'exit_reason', 'contract_type',
    'contract_start_date', 'contract_end_date', 'validated_on', 'employer_category', 'naf_section',
    'training_start_date', 'training_end_date', 'is_certifying',
] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries', 'exits'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_plie_code) as plie_code,
        cleaned.delivered_participant_id as participant_id,
        {{ parse_integer('cleaned.delivered_parcours_no') }} as parcours_no,
        {{ parse_date('cleaned.delivered_exit_date') }} as exit_date,
        {{ national_code('exit_reason') }} as exit_reason,
        {{ national_code('contract_type') }} as contract_type,
        {{ parse_date('cleaned.delivered_contract_start_date') }} as contract_start_date,
        {{ parse_date('cleaned.delivered_contract_end_date') }} as contract_end_date,
        {{ parse_date('cleaned.delivered_validated_on') }} as validated_on,
        {{ national_code('employer_category') }} as employer_category,
        {{ national_code('naf_section') }} as naf_section,
        {{ parse_date('cleaned.delivered_training_start_date') }} as training_start_date,
        {{ parse_date('cleaned.delivered_training_end_date') }} as training_end_date,
        cast({{ national_code('is_certifying') }} as boolean) as is_certifying,
        cleaned.*
    from cleaned
    {{ join_codes('exit_reason', 'exit_reason', 'plie_code') }}
    {{ join_codes('contract_type', 'contract_type', 'plie_code') }}
    {{ join_codes('employer_category', 'employer_category', 'plie_code') }}
    {{ join_codes('naf_section', 'naf_section', 'plie_code') }}
    {{ join_codes('is_certifying', 'boolean', 'plie_code') }}
),

final as (
    select
        'exits' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_plie_code as supplier_code,
        {{ record_key(['participant_id', 'parcours_no']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect([
            'reporting_year', 'plie_code', 'participant_id', 'parcours_no', 'exit_date', 'exit_reason',
        ], codes=['exit_reason']) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end, delivered_participant_id)
    from typed
)

select * from final
