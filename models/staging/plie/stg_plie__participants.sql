-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D31: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = [
    'reporting_year', 'plie_code', 'participant_id', 'parcours_no', 'entry_date', 'sex', 'birth_year',
    'education_level', 'jobseeker_months', 'is_rsa', 'is_other_minimum_income', 'is_disabled_worker', 'is_qpv_resident',
    'referent_id',
] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries', 'participants'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_plie_code) as plie_code,
        cleaned.delivered_participant_id as participant_id,
        {{ parse_integer('cleaned.delivered_parcours_no') }} as parcours_no,
        {{ parse_date('cleaned.delivered_entry_date') }} as entry_date,
        {{ national_code('sex') }} as sex,
        {{ parse_year('cleaned.delivered_birth_year') }} as birth_year,
        cast({{ national_code('education_level') }} as integer) as education_level,
        {{ parse_integer('cleaned.delivered_jobseeker_months') }} as jobseeker_months,
        cast({{ national_code('is_rsa') }} as boolean) as is_rsa,
        cast({{ national_code('is_other_minimum_income') }} as boolean) as is_other_minimum_income,
        cast({{ national_code('is_disabled_worker') }} as boolean) as is_disabled_worker,
        cast({{ national_code('is_qpv_resident') }} as boolean) as is_qpv_resident,
        cleaned.delivered_referent_id as referent_id,
        cleaned.*
    from cleaned
    {{ join_codes('sex', 'sex', 'plie_code') }}
    {{ join_codes('education_level', 'education_level', 'plie_code') }}
    {{ join_codes('is_rsa', 'boolean', 'plie_code') }}
    {{ join_codes('is_other_minimum_income', 'boolean', 'plie_code') }}
    {{ join_codes('is_disabled_worker', 'boolean', 'plie_code') }}
    {{ join_codes('is_qpv_resident', 'boolean', 'plie_code') }}
),

final as (
    select
        'participants' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_plie_code as supplier_code,
        {{ record_key(['participant_id', 'parcours_no']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect([
            'reporting_year', 'plie_code', 'participant_id', 'parcours_no', 'entry_date',
        ], codes=[]) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end, delivered_participant_id, delivered_referent_id)
    from typed
)

select * from final
