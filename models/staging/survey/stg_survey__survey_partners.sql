-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D54: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = ['reporting_year', 'plie_code', 'partner_companies'] -%}
with cleaned as (
    {{ cleaned_delivery(source('deliveries_survey', 'survey_partners'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_plie_code) as plie_code,
        {{ parse_integer('cleaned.delivered_partner_companies') }} as partner_companies,
        cleaned.*
    from cleaned
),

final as (
    select
        'survey_partners' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_plie_code as supplier_code,
        {{ record_key(['plie_code']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect(['reporting_year', 'plie_code', 'partner_companies'], codes=[]) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end)
    from typed
)

select * from final
