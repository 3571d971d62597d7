{#- How dbt writes and runs a unit test, in place of its own macros of the same name: one cast per column, where dbt's have one
    per cell of each column of the input, and one description of the tested model, where dbt makes a table of it. -#}

{#- The rows of an input, with every column of the relation that they stand for; those not given are null. -#}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    select * from {{ this }} where false
    {%- if rows %}
    union all by name
    {{ typed_rows(rows, column_types('select * from ' ~ this), "'" ~ model.name ~ "'") }}
    {%- endif %}
{%- endmacro %}

{#- The rows that a unit test expects: a column that one row gives, all give. -#}
{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {%- for row in rows if (row | list | sort) != (rows[0] | list | sort) -%}
        {%- do exceptions.raise_compiler_error('Give every expected row the columns of the first one: ' ~ row) -%}
    {%- endfor -%}
    {%- if rows -%}
    {{ typed_rows(rows, column_name_to_data_types, 'expected output') }}
    {%- else -%}
    select * from dbt_internal_unit_test_actual limit 0
    {%- endif -%}
{%- endmacro %}

{#- Rows as a query: each column that a row names, read from its text as its type.
      rows     column -> value, one per row; a column that a row does not name is null there
      types    column -> type; a column without one is an error
      fixture  what the rows are, for the error -#}
{% macro typed_rows(rows, types, fixture) -%}
    {%- set columns = {} -%}
    {%- for row in rows -%}
        {%- do columns.update(row) -%}
    {%- endfor -%}
    {%- for column in columns if (column | lower) not in types -%}
        {%- do exceptions.raise_compiler_error(
            'Name a column of ' ~ fixture ~ ' in place of ' ~ column ~ ': ' ~ (types | join(', '))
        ) -%}
    {%- endfor -%}
    select
    {%- for column in columns %} cast("{{ column }}" as {{ types[column | lower] }}) as "{{ column }}"{{ ',' if not loop.last }}{% endfor %}
    from (values
    {%- for row in rows %}
        (
            {%- for column in columns -%}
                {%- set value = row.get(column) -%}
                {{ 'null' if value is none else "'" ~ (value | replace("'", "''")) ~ "'" }}{{ ', ' if not loop.last }}
            {%- endfor -%}
        ){{ ',' if not loop.last }}
    {%- endfor %}
    ) as given ({% for column in columns %}"{{ column }}"{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{#- column -> type of what a query gives, in its order. -#}
{% macro column_types(query) -%}
    {%- set types = {} -%}
    {%- for row in run_query('select lower(column_name), column_type from (describe (\n' ~ query ~ '\n))').rows -%}
        {%- do types.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}

{% materialization unit, adapter='duckdb' %}
    {%- set expected_rows = config.get('expected_rows') -%}
    {%- set types = column_types(sql) -%}
    {%- set expected_sql = config.get('expected_sql') or get_expected_sql(expected_rows, types) -%}
    {%- set compared = [] -%}
    {%- for column in (expected_rows[0] if expected_rows else types) -%}
        {%- do compared.append(adapter.quote(column)) -%}
    {%- endfor -%}
    {%- call statement('main', fetch_result=True, auto_begin=False) -%}
        {{ get_unit_test_sql(sql, expected_sql, compared) }}
    {%- endcall -%}
    {{ return({'relations': []}) }}
{% endmaterialization %}
