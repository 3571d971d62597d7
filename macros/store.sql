{#- Where delivered rows come from: the sample seeds, or the store of accepted deliveries (dbt var `deliveries`: sample or
    store). Models never know which. DuckDB only: another engine needs its own version of this file. -#}

{#- Folder of the accepted store. -#}
{% macro store_folder() -%}
    {{ env_var('PLIE_DATA_DIR', 'data') ~ '/accepted' }}
{%- endmacro %}

{% macro reads_store() -%}
    {%- if var('deliveries') not in ['sample', 'store'] -%}
        {{ exceptions.raise_compiler_error("the variable deliveries is sample or store, not '" ~ var('deliveries') ~ "'") }}
    {%- endif -%}
    {{ return(var('deliveries') == 'store') }}
{%- endmacro %}

{#- Whether the store holds files of a pattern: a reader of no file at all is an error, and an empty store is none. -#}
{% macro store_has(pattern) -%}
    {%- if not execute -%} {{ return(false) }} {%- endif -%}
    {%- set found = run_query("select count(*) from glob('" ~ sql_text(store_folder() ~ pattern) ~ "')") -%}
    {{ return(found.columns[0].values()[0] > 0) }}
{%- endmacro %}

{% macro sql_text(value) -%}
    {{ return(value | replace("'", "''")) }}
{%- endmacro %}

{#- No row, but every column. `columns`: name -> type. -#}
{% macro no_rows(columns) -%}
    select
        {%- for name, type in columns.items() %}
        cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    where false
{%- endmacro %}

{#- Stop when the store still lies as an earlier version laid it: its deliveries would be passed over without a word. -#}
{% macro demand_current_store() -%}
    {%- if store_has('/deliveries/*/*.json') or store_has('/refused/*/*.json') -%}
        {{ exceptions.raise_compiler_error(
            "the store " ~ store_folder() ~ " has the layout of an earlier version; run the intake once"
            ~ " (make intake LANDING=folder): it converts the store and loses nothing"
        ) }}
    {%- endif -%}
{%- endmacro %}

{#- The rows of a delivered table, every column text, with source_file and source_row (line of the file; the header is
    line 1), and delivery_year, the year of the landing folder (null in the sample). From the store, only deliveries in
    force: the manifest of a kind, supplier and year decides, not the files there. `seed`: that of the sample, where a reference
    list or a mart has the table's name already. A column that the contract has got since a delivery was accepted is null. -#}
{% macro delivered_rows(table, seed=none) -%}
    {%- set columns = {} -%}
    {%- for column in delivery_columns(table) -%} {%- do columns.update({column.name: 'varchar'}) -%} {%- endfor -%}
    {%- if not reads_store() -%}
    select
        seed.*,
        '{{ table }}.csv' as source_file,
        row_number() over () + 1 as source_row,
        cast(null as integer) as delivery_year
    from {{ ref(seed or table) }} as seed
    {%- elif reads_store() and store_has_rows(table) -%}
    select
        stored.* exclude (source_row),
        cast(stored.source_row as bigint) as source_row,
        manifests.reporting_year as delivery_year
    from (
        select *
        from read_parquet(
            '{{ sql_text(store_folder()) }}/{{ table }}/*/*/*.parquet', union_by_name = true, hive_partitioning = false
        )
        union all by name
        {{ no_rows(columns) }}
    ) as stored
    inner join read_json(
        '{{ sql_text(store_folder()) }}/deliveries/*/*/*.json',
        columns = {in_force: 'varchar', reporting_year: 'integer'},
        format = 'unstructured'
    ) as manifests
        on stored.delivery_id = manifests.in_force
    {%- else -%}
    {{ no_rows(dict(columns, source_file='varchar', source_row='bigint', delivery_year='integer', delivery_id='varchar')) }}
    {%- endif -%}
{%- endmacro %}

{% macro store_has_rows(table) -%}
    {{ demand_current_store() }}
    {{- return(store_has('/' ~ table ~ '/*/*/*.parquet') and store_has('/deliveries/*/*/*.json')) -}}
{%- endmacro %}

{#- What the last intake found: one row per kind, supplier, year and check of the delivery that came last. -#}
{% macro intake_check_results() -%}
    {%- set columns = {
        'kind': 'varchar',
        'reporting_year': 'integer',
        'supplier_code': 'varchar',
        'check_id': 'varchar',
        'source_table': 'varchar',
        'severity': 'varchar',
        'rule_id': 'varchar',
        'status': 'varchar',
        'numerator': 'bigint',
        'denominator': 'bigint',
        'threshold': 'decimal(9, 6)',
    } -%}
    {%- if reads_store() and store_has('/check_results.parquet') -%}
    select
        {%- for name, type in columns.items() %}
        cast({{ name }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from read_parquet('{{ sql_text(store_folder()) }}/check_results.parquet')
    {%- else -%}
    {{ no_rows(columns) }}
    {%- endif -%}
{%- endmacro %}

{#- One row per kind, supplier and year whose last delivery was refused; the one before it, if any, is still in force. -#}
{% macro intake_refusals() -%}
    {%- set columns = {
        'supplier_code': 'varchar',
        'reporting_year': 'integer',
        'kind': 'varchar',
        'check_id': 'varchar',
        'received_at': 'varchar',
    } -%}
    {%- if reads_store() and store_has('/refused/*/*/*.json') -%}
    select
        {%- for name in columns %}
        {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from read_json(
        '{{ sql_text(store_folder()) }}/refused/*/*/*.json',
        columns = {
            {%- for name, type in columns.items() %} {{ name }}: '{{ type }}'{{ ',' if not loop.last }} {%- endfor -%}
        },
        format = 'unstructured'
    )
    {%- else -%}
    {{ no_rows(columns) }}
    {%- endif -%}
{%- endmacro %}
