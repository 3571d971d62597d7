{#- A delivered table, one row per delivered row, nothing dropped: each column typed once, and its delivered text as
    delivered_<column>, unless it is a text; what cannot be read is null (D1B).
      relation, table   where the rows are, and the name of the delivered table
      supplier          the column that says whose row it is
      key               the columns of record_key
      columns           name -> type, code_list (of a coded column), required -#}
{% macro staged_delivery(relation, table, supplier, key, columns) -%}
    {%- set names = columns | list -%}
    {%- set coded = {} -%}
    {%- set texts = [] -%}
    {%- set required = [] -%}
    {%- set months = [] -%}
    {%- for name, column in columns.items() -%}
        {%- if column.code_list -%}{%- do coded.update({name: column.code_list}) -%}{%- endif -%}
        {%- if column.type == 'text' -%}{%- do texts.append(name) -%}{%- endif -%}
        {%- if column.required -%}{%- do required.append(name) -%}{%- endif -%}
        {%- if column.type == 'month' -%}{%- do months.append(name) -%}{%- endif -%}
    {%- endfor -%}
with {% if coded -%}
codes_in_force as (select * from {{ ref('stg_reference__codes_in_force') }}),

codes as (select * from codes_in_force where supplier_code is null),

code_maps as (select * from codes_in_force where supplier_code is not null),

list_days as (
    select
        min(list_day) as first_day,
        max(list_day) as last_day
    from codes_in_force
),

{% endif -%}
with_year_end as (
    {{ cleaned_delivery(relation, names) }}
),

cleaned as (
    select
        {%- if coded %}
        {{ list_day('with_year_end.year_end') }} as list_day,
        {%- endif %}
        with_year_end.*
    from with_year_end
    {%- if coded %}
    cross join list_days
    {%- endif %}
),

typed as (
    select
        {%- for name, column in columns.items() %}
        {{ typed_value(name, column) }} as {{ name }},
        {%- endfor %}
        cleaned.*
    from cleaned
    {%- for name, code_list in coded.items() %}
    {{ join_codes(name, code_list, supplier) }}
    {%- endfor %}
),

final as (
    select
        '{{ table }}' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_{{ supplier }} as supplier_code,
        {{ record_key(key, as_delivered=months) }} as record_key,
        {{ record_hash(names) }} as record_hash,
        {{ defect(required, coded) }} as defect,
        {%- for name in names %}
        {{ name }},
        {%- endfor %}
        {%- for name in names if name not in texts %}
        delivered_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from typed
)

select * from final
{%- endmacro %}

{#- The value of a column of the CTE `cleaned`, of its type; null when it cannot be read. -#}
{% macro typed_value(name, column) -%}
    {%- set delivered = 'cleaned.delivered_' ~ name -%}
    {%- if column.code_list and column.type == 'boolean' -%} cast({{ national_code(name) }} as boolean)
    {%- elif column.code_list and column.type == 'education_level' -%} cast({{ national_code(name) }} as integer)
    {%- elif column.code_list -%} {{ national_code(name) }}
    {%- elif column.type == 'text' -%} {{ delivered }}
    {%- elif column.type == 'supplier' -%} upper({{ delivered }})
    {%- else -%} {{ context['parse_' ~ column.type](delivered) }}
    {%- endif -%}
{%- endmacro %}
