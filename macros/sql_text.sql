{#- A text for use inside the quotes of an SQL literal. -#}
{% macro sql_text(value) -%}
    {{ return(value | replace("'", "''")) }}
{%- endmacro %}

{#- An apostrophe in a text that is said: not every engine takes two quotes in a literal for one. -#}
{% macro apostrophe() -%} chr(39) {%- endmacro %}
