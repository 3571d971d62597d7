-- A map is tested at both ends: its local code is delivered and is not a national code, and its national code exists.
-- Real deliveries come one supplier after the other, so that from the store a code that was never delivered is no fault.
{%- set tables = [
    ref('stg_plie__participants'), ref('stg_plie__steps'), ref('stg_plie__exits'), ref('stg_clause__procurements'),
    ref('stg_clause__beneficiaries'), ref('stg_clause__work_contracts'), ref('stg_clause__hours'),
    ref('stg_survey__survey_allocations'),
] %}
with code_maps as (select * from {{ ref('code_maps') }}),

mapped as (select * from {{ ref('stg_reference__code_maps') }}),

-- The list of a column of this name that suppliers deliver, else that of the survey.
coded_fields as (
    select
        column_name as field,
        min(code_list) filter (where kind in ('plie', 'clause')) as supplier_list,
        coalesce(supplier_list, min(code_list)) as code_list
    from {{ ref('delivered_columns') }}
    where code_list is not null
    group by column_name
),

codes as (select * from {{ ref('stg_reference__codes') }}),

delivered as (
    {%- for relation in tables %}
    select
        upper(supplier_code) as supplier_code,
        replace(column_name, 'delivered_', '') as field,
        {{ code_key('delivered_text') }} as code_key
    from (
        unpivot (
            select
                supplier_code,
                columns('^delivered_')
            from {{ relation }}
        )
        on columns('^delivered_') into name column_name value delivered_text
    )
    {{ 'union' if not loop.last }}
    {%- endfor %}
)

select
    code_maps.supplier_code,
    code_maps.field,
    code_maps.local_code,
    code_maps.national_code,
    mapped.code is null as is_national_code_missing,
    codes.code is not null as is_local_code_national,
    delivered.code_key is null as is_local_code_never_delivered
from code_maps
left join coded_fields using (field)
left join mapped
    on
        code_maps.supplier_code = mapped.supplier_code
        and code_maps.field = mapped.field
        and coded_fields.code_list = mapped.code_list
        and {{ code_key('code_maps.local_code') }} = mapped.code_key
left join codes
    on
        coded_fields.code_list = codes.code_list
        and {{ code_key('code_maps.local_code') }} = codes.code_key
left join delivered
    on
        code_maps.supplier_code = delivered.supplier_code
        and code_maps.field = delivered.field
        and {{ code_key('code_maps.local_code') }} = delivered.code_key
where
    mapped.code is null
    or codes.code is not null
    {%- if not reads_store() %}
    or delivered.code_key is null
    {%- endif %}
