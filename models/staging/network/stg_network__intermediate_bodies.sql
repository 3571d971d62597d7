-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = ['oi_code', 'plie_code'] -%}
with cleaned as (
    {{ cleaned_delivery(source('deliveries_network', 'intermediate_bodies'), columns) }}
),

typed as (
    select
        upper(cleaned.delivered_oi_code) as oi_code,
        upper(cleaned.delivered_plie_code) as plie_code,
        cleaned.*
    from cleaned
),

final as (
    select
        'intermediate_bodies' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_oi_code as supplier_code,
        {{ record_key(['plie_code']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect(['oi_code', 'plie_code'], codes=[]) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end)
    from typed
)

select * from final
