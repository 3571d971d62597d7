-- A map is tested at both ends: its local code is delivered and is not a national code, and its national code exists.
-- Real deliveries come one supplier after the other, so that from the store a code that nobody delivered is no fault.
{%- set tables = {
    'participants': ref('stg_plie__participants'),
    'steps': ref('stg_plie__steps'),
    'exits': ref('stg_plie__exits'),
    'procurements': ref('stg_clause__procurements'),
    'beneficiaries': ref('stg_clause__beneficiaries'),
    'work_contracts': ref('stg_clause__work_contracts'),
    'hours': ref('stg_clause__hours'),
} %}
with code_maps as (select * from {{ ref('code_maps') }}),

mapped as (select * from {{ ref('stg_reference__code_maps') }}),

coded_fields as ({{ coded_fields(tables.keys() | list) }}
),

codes as (select * from {{ ref('stg_reference__codes') }}),

delivered_codes as (
    {%- for table, relation in tables.items() %}
    {%- set outer_last = loop.last %}
    {%- for column in delivery_columns(table) if column.code_list %}
    select
        {{ supplier_column(delivery_columns(table)) }} as supplier_code,
        '{{ column.name }}' as field,
        {{ code_key('delivered_' ~ column.name) }} as code_key
    from {{ relation }}
    where delivered_{{ column.name }} is not null
    {{ 'union all' if not (loop.last and outer_last) }}
    {%- endfor %}
    {%- endfor %}
),

delivered as (
    select
        supplier_code,
        field,
        code_key
    from delivered_codes
    group by supplier_code, field, code_key
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
left join coded_fields on code_maps.field = coded_fields.field
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
