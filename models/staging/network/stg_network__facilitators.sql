-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D46: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = ['reporting_year', 'structure_code', 'headcount', 'fte'] -%}
with cleaned as (
    {{ cleaned_delivery(source('deliveries_network', 'facilitators'), columns) }}
),

typed as (
    select
        {{ parse_year('cleaned.delivered_reporting_year') }} as reporting_year,
        upper(cleaned.delivered_structure_code) as structure_code,
        {{ parse_integer('cleaned.delivered_headcount') }} as headcount,
        {{ parse_etp('cleaned.delivered_fte') }} as fte,
        cleaned.*
    from cleaned
),

final as (
    select
        'facilitators' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_structure_code as supplier_code,
        {{ record_key(['structure_code']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect(['reporting_year', 'structure_code'], codes=[]) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end)
    from typed
)

select * from final
