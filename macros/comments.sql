{#- Comments in the database, from the descriptions of the YAML. -#}

{#- The comments of a relation as one statement, where dbt's own has one for the relation and two for the columns. A described
    column that the relation has not is an error.
      columns   column -> its comment -#}
{% macro comments_sql(relation, comment, columns) -%}
    {%- if comment %}
    comment on {{ relation.type }} {{ relation }} is '{{ sql_text(comment) }}';
    {%- endif %}
    {%- for column, column_comment in columns.items() if column_comment %}
    comment on column {{ relation }}.{{ adapter.quote(column) }} is '{{ sql_text(column_comment) }}';
    {%- endfor %}
{%- endmacro %}

{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set columns = {} -%}
    {%- if for_columns and config.persist_column_docs() -%}
        {%- for column in model.columns.values() -%}
            {%- do columns.update({column.name: column.description}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set comments = comments_sql(
        relation, model.description if for_relation and config.persist_relation_docs(), columns
    ) | trim -%}
    {%- if comments -%}
        {%- do run_query(comments) -%}
    {%- endif -%}
{%- endmacro %}
