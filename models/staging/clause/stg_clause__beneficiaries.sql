-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D47: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = [
    'reporting_year', 'structure_code', 'beneficiary_id', 'sex', 'birth_year', 'education_level', 'jobseeker_months',
    'is_rsa', 'is_disabled_worker', 'is_qpv_resident', 'eligibility_validated_on',
] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_clause', 'beneficiaries'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_structure_code) as structure_code,
        cleaned.delivered_beneficiary_id as beneficiary_id,
        {{ national_code('sex') }} as sex,
        {{ parse_year('cleaned.delivered_birth_year') }} as birth_year,
        cast({{ national_code('education_level') }} as integer) as education_level,
        {{ parse_integer('cleaned.delivered_jobseeker_months') }} as jobseeker_months,
        cast({{ national_code('is_rsa') }} as boolean) as is_rsa,
        cast({{ national_code('is_disabled_worker') }} as boolean) as is_disabled_worker,
        cast({{ national_code('is_qpv_resident') }} as boolean) as is_qpv_resident,
        {{ parse_date('cleaned.delivered_eligibility_validated_on') }} as eligibility_validated_on,
        cleaned.*
    from cleaned
    {{ join_codes('sex', 'sex', 'structure_code') }}
    {{ join_codes('education_level', 'education_level', 'structure_code') }}
    {{ join_codes('is_rsa', 'boolean', 'structure_code') }}
    {{ join_codes('is_disabled_worker', 'boolean', 'structure_code') }}
    {{ join_codes('is_qpv_resident', 'boolean', 'structure_code') }}
),

final as (
    select
        'beneficiaries' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_structure_code as supplier_code,
        {{ record_key(['beneficiary_id']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect(['reporting_year', 'structure_code', 'beneficiary_id'], codes=[]) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end, delivered_beneficiary_id)
    from typed
)

select * from final
