{#- Everything that derives from the contract of a delivered table: the sources' YAML under models/staging, where each column
    has its type, whether it is required, part of the key, and its code list. -#}

{#- The contract as a list of {name, type, required, key, code_list}. Empty while dbt only parses: the graph is not there yet. -#}
{% macro delivery_columns(table) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for source in graph.sources.values() if source.name == table and source.source_name.startswith('deliveries') -%}
            {%- for name, column in source.columns.items() -%}
                {%- set meta = column.config.meta if column.config and column.config.meta else column.meta -%}
                {%- do columns.append({
                    'name': name,
                    'type': meta.type,
                    'required': meta.required | default(false),
                    'key': meta.key | default(false),
                    'code_list': meta.code_list,
                }) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}

{#- The column that says whose row it is: the supplier's own code, or in a register of the network the code of what the row is
    about, the first of its key. -#}
{% macro supplier_column(columns) -%}
    {{ return((columns | selectattr('type', 'equalto', 'supplier') | map(attribute='name') | list)[0]) }}
{%- endmacro %}

{#- The columns of the key that tell a row from the others of its supplier and year; the supplier where nothing else does. -#}
{% macro local_key_columns(columns) -%}
    {%- set supplier = supplier_column(columns) -%}
    {%- set keys = columns | selectattr('key') | rejectattr('type', 'equalto', 'year') | rejectattr('name', 'equalto', supplier) | list -%}
    {{ return(keys or columns | selectattr('name', 'equalto', supplier) | list) }}
{%- endmacro %}

{#- The text of a column as delivered. A text is its own typed value and is not kept twice. -#}
{% macro delivered_text(column) -%}
    {{ return(column.name if column.type == 'text' else 'delivered_' ~ column.name) }}
{%- endmacro %}

{#- A typed value as text, as the supplier would write it. -#}
{% macro as_delivered_text(column) -%}
    {%- if column.type == 'month' -%} strftime({{ column.name }}, '%Y-%m')
    {%- else -%} cast({{ column.name }} as varchar)
    {%- endif -%}
{%- endmacro %}

{#- The coded columns of delivered tables as rows: field, code_list; a name may stand for several lists. -#}
{% macro coded_fields(tables) -%}
    {%- set seen = [] -%}
    {%- for table in tables -%}
        {%- for column in delivery_columns(table) if column.code_list and [column.name, column.code_list] not in seen -%}
            {%- do seen.append([column.name, column.code_list]) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for field, code_list in seen %}
    select '{{ field }}' as field, '{{ code_list }}' as code_list
    {{ 'union all' if not loop.last }}
    {%- else %}
    select null as field, null as code_list
    {%- endfor %}
{%- endmacro %}

{#- SQL of one typed column of the CTE `cleaned`; coded columns read the two look-ups joined in stage_delivery. -#}
{% macro typed_column(column) -%}
    {%- set value = 'cleaned.' ~ column.name -%}
    {%- if column.code_list -%}
        {%- set code = 'coalesce(' ~ column.name ~ '_national.code, ' ~ column.name ~ '_mapped.code)' -%}
        {%- if column.type == 'boolean' -%} cast({{ code }} as boolean)
        {%- elif column.type == 'education_level' -%} cast({{ code }} as integer)
        {%- else -%} {{ code }}
        {%- endif -%}
    {%- elif column.type == 'date' -%} {{ parse_date(value) }}
    {%- elif column.type == 'integer' -%} {{ parse_integer(value) }}
    {%- elif column.type == 'decimal' -%} {{ parse_decimal(value) }}
    {%- elif column.type == 'hours' -%} {{ parse_hours(value) }}
    {%- elif column.type == 'etp' -%} {{ parse_etp(value) }}
    {%- elif column.type == 'year' -%} {{ parse_year(value) }}
    {%- elif column.type == 'month' -%} {{ parse_month(value) }}
    {%- elif column.type == 'siret' -%} {{ parse_siret(value) }}
    {%- elif column.type == 'supplier' -%} upper({{ value }})
    {%- elif column.type == 'text' -%} {{ value }}
    {%- else -%} {{ exceptions.raise_compiler_error("unknown type '" ~ column.type ~ "' of column " ~ column.name) }}
    {%- endif -%}
{%- endmacro %}

{#- Staging of a delivered table: one row per delivered row, nothing dropped.
      source_table, source_file, source_row   where the row stands (line number of the file; the header is line 1)
      delivery_year                           year of the delivery that holds it; of the extraction date in the sample, which is
                                              not laid out by year. Registers name no other
      supplier_code, record_key, record_hash  whose row it is, its key as text, and a digest of its meaning: equal for two
                                              rows that say the same, in whatever format (D1B)
      defect                                  reason code when the row cannot be used at all, else null
      <column>                                the typed value, null when unknown; codes are national codes
      delivered_<column>                      the text as delivered, blanks trimmed; not for texts, which are that already
    Arguments: delivered, the rows (delivered_rows in macros/store.sql); table, its name; codes and code_maps, the look-ups. -#}
{% macro stage_delivery(delivered, table, codes, code_maps) -%}
{%- set columns = delivery_columns(table) -%}
{%- if not columns %}
select 1 as not_parsed_yet
{%- else -%}
{%- set supplier = supplier_column(columns) -%}
{%- set has_year = columns | selectattr('name', 'equalto', 'reporting_year') | list | length > 0 -%}
with cleaned as (
    select
        source_file,
        source_row,
        coalesce(delivery_year, cast(extract(year from {{ as_of_date() }}) as integer)) as delivery_year,
        -- The day on which code lists must be in force.
        {%- if has_year %}
        {{ last_day_of_year(parse_year(clean_text('reporting_year'))) }} as year_end,
        {%- else %}
        coalesce({{ last_day_of_year('delivery_year') }}, {{ as_of_date() }}) as year_end,
        {%- endif %}
        {% for column in columns -%}
        {{ clean_text(column.name) }} as {{ column.name }}{{ ',' if not loop.last }}
        {% endfor %}
    from ({{ delivered }}) as delivered
),

typed as (
    select
        cleaned.source_file,
        cleaned.source_row,
        cleaned.delivery_year,
        {%- for column in columns %}
        {%- if column.type != 'text' %}
        cleaned.{{ column.name }} as {{ delivered_text(column) }},
        {%- endif %}
        {{ typed_column(column) }} as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from cleaned
    {%- for column in columns if column.code_list %}
    left join {{ codes }} as {{ column.name }}_national
        on
            {{ column.name }}_national.code_list = '{{ column.code_list }}'
            and {{ column.name }}_national.code_key = {{ code_key('cleaned.' ~ column.name) }}
            and {{ in_force(column.name ~ '_national', 'cleaned.year_end') }}
    left join {{ code_maps }} as {{ column.name }}_mapped
        on
            {{ column.name }}_mapped.field = '{{ column.name }}'
            and {{ column.name }}_mapped.code_list = '{{ column.code_list }}'
            and {{ column.name }}_mapped.supplier_code = upper(cleaned.{{ supplier }})
            and {{ column.name }}_mapped.code_key = {{ code_key('cleaned.' ~ column.name) }}
            and {{ in_force(column.name ~ '_mapped', 'cleaned.year_end') }}
    {%- endfor %}
),

judged as (
    select
        '{{ table }}' as source_table,
        source_file,
        source_row,
        delivery_year,
        delivered_{{ supplier }} as supplier_code,
        concat_ws(
            '/'
            {%- for column in local_key_columns(columns) -%}
            , coalesce({{ as_delivered_text(column) }}, {{ delivered_text(column) }}, '?')
            {%- endfor -%}
        ) as record_key,
        left(md5(concat_ws(
            chr(31)
            {%- for column in columns -%}
            , coalesce(cast({{ column.name }} as varchar), {{ delivered_text(column) }}, '')
            {%- endfor -%}
        )), 16) as record_hash,
        case
            {%- for column in columns if column.required %}
            when {{ delivered_text(column) }} is null then {{ reason('valeur_obligatoire_absente') }}
            {%- endfor %}
            {%- for column in columns if column.required and not column.code_list %}
            when {{ column.name }} is null then {{ reason('valeur_illisible') }}
            {%- endfor %}
        end as defect,
        {%- for column in columns %}
        {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- for column in columns if column.type != 'text' %},
        {{ delivered_text(column) }}
        {%- endfor %}
    from typed
)

select * from judged
{%- endif -%}
{%- endmacro %}

{#- One row per bad cell of a staged table: a required cell that is blank, a cell that cannot be read, a code nobody knows. -#}
{% macro cell_findings(staged, table) -%}
{#- A text that may be blank is never wrong. -#}
{%- for column in delivery_columns(table) if column.required or column.type != 'text' %}
select
    source_table,
    source_file,
    source_row,
    '{{ column.name }}' as column_name,
    {{ delivered_text(column) }} as delivered_value,
    case
        when {{ delivered_text(column) }} is null then {{ reason('valeur_obligatoire_absente') }}
        {%- if column.code_list and column.type != 'boolean' %}
        else {{ reason('code_inconnu') }}
        {%- elif column.required %}
        else {{ reason('valeur_illisible') }}
        {%- else %}
        else {{ reason('valeur_ignoree') }}
        {%- endif %}
    end as reason_code
from {{ staged }}
where
    {{ column.name }} is null
    {%- if not column.required %}
    and {{ delivered_text(column) }} is not null
    {%- endif %}
{% if not loop.last %}union all{% endif %}
{%- endfor %}
{%- endmacro %}

{#- The columns that tell a row of a table from the others of its supplier and year, for a message. -#}
{% macro key_column_names(table) -%}
    {{ local_key_columns(delivery_columns(table)) | map(attribute='name') | join(', ') }}
{%- endmacro %}
