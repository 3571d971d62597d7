-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B, D52: one row per delivered row; what cannot be read is null, its text beside it.
{% set columns = ['member_code', 'structure_kind', 'structure_code'] -%}
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

cleaned as (
    {{ cleaned_delivery(source('deliveries_network', 'member_structures'), columns) }}
),

typed as (
    select
        upper(cleaned.delivered_member_code) as member_code,
        {{ national_code('structure_kind') }} as structure_kind,
        upper(cleaned.delivered_structure_code) as structure_code,
        cleaned.*
    from cleaned
    {{ join_codes('structure_kind', 'member_structure_kind', 'member_code') }}
),

final as (
    select
        'member_structures' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_member_code as supplier_code,
        {{ record_key(['structure_kind', 'structure_code']) }} as record_key,
        {{ record_hash(columns) }} as record_hash,
        {{ defect(['member_code', 'structure_kind', 'structure_code'], codes=['structure_kind']) }} as defect,
        * exclude (source_file, source_row, delivery_year, year_end)
    from typed
)

select * from final
