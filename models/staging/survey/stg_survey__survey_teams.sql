-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D54: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = [
    'reporting_year', 'plie_code', 'team', 'headcount', 'fte', 'employer_type',
] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_survey', 'survey_teams'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_plie_code) as plie_code,
        {{ national_code('team') }} as team,
        {{ parse_integer('cleaned.delivered_headcount') }} as headcount,
        {{ parse_etp('cleaned.delivered_fte') }} as fte,
        {{ national_code('employer_type') }} as employer_type,
        cleaned.*
    from cleaned
    {{ join_codes('team', 'team', 'plie_code') }}
    {{ join_codes('employer_type', 'operator_type', 'plie_code') }}
),

final as (
    select
        'survey_teams' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_plie_code as supplier_code,
        {{ record_key(['team']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect(['reporting_year', 'plie_code', 'team'], codes=['team']) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end)
    from typed
)

select * from final
