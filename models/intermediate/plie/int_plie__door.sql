{%- set tables = ['participants', 'steps', 'exits'] %}
-- D1B, and what a row needs to be used at all. The first reason is the one recorded; a row without one is admitted.
with years as (select * from {{ ref('int_parameters_by_year') }}),

delivered as (
    {%- for table in tables %}
    select
        source_table,
        source_file,
        source_row,
        supplier_code,
        reporting_year,
        plie_code,
        record_key,
        record_hash,
        defect
    from {{ ref('stg_plie__' ~ table) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

usable as (
    select delivered.*
    from delivered
    inner join years on delivered.reporting_year = years.reporting_year
    where delivered.defect is null
),

-- Within a key: how many different contents, and which row comes first.
keyed as (
    select
        source_table,
        source_file,
        source_row,
        reporting_year,
        plie_code,
        row_number() over same_key as copy_number,
        min(record_hash) over same_key_unordered <> max(record_hash) over same_key_unordered as is_contradictory
    from usable
    window
        same_key as (partition by source_table, reporting_year, plie_code, record_key order by source_file, source_row),
        same_key_unordered as (partition by source_table, reporting_year, plie_code, record_key)
),

refused_deliveries as (
    select
        reporting_year,
        plie_code
    from keyed
    group by reporting_year, plie_code
    having bool_or(is_contradictory)
),

final as (
    select
        delivered.source_table,
        delivered.source_file,
        delivered.source_row,
        delivered.reporting_year,
        coalesce(delivered.plie_code, delivered.supplier_code) as supplier_code,
        delivered.record_key,
        coalesce(keyed.is_contradictory, false) as is_contradictory,
        case
            when delivered.defect is not null then delivered.defect
            when years.reporting_year is null then {{ reason('annee_non_prise_en_charge') }}
            when refused_deliveries.plie_code is not null then {{ reason('livraison_refusee') }}
            when keyed.copy_number > 1 then {{ reason('doublon') }}
        end as reason_code
    from delivered
    left join years on delivered.reporting_year = years.reporting_year
    left join keyed
        on
            delivered.source_table = keyed.source_table
            and delivered.source_file = keyed.source_file
            and delivered.source_row = keyed.source_row
    left join refused_deliveries
        on
            delivered.reporting_year = refused_deliveries.reporting_year
            and delivered.plie_code = refused_deliveries.plie_code
)

select * from final
