{#- A text for use inside the quotes of an SQL literal. -#}
{% macro sql_text(value) -%}
    {{ return(value | replace("'", "''")) }}
{%- endmacro %}
