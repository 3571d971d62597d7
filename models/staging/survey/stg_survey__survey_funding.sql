-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D54: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = ['reporting_year', 'plie_code', 'funder', 'amount_eur'] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_survey', 'survey_funding'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_plie_code) as plie_code,
        {{ national_code('funder') }} as funder,
        {{ parse_decimal('cleaned.delivered_amount_eur') }} as amount_eur,
        cleaned.*
    from cleaned
    {{ join_codes('funder', 'funder', 'plie_code') }}
),

final as (
    select
        'survey_funding' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_plie_code as supplier_code,
        {{ record_key(['funder']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect(['reporting_year', 'plie_code', 'funder', 'amount_eur'], codes=['funder']) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end)
    from typed
)

select * from final
