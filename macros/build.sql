{#- Name of the build, written with every published figure (D61): the checksum of what it is made from, which the plugin of the
    working file gives to each connection; else dbt's own run id. -#}
{% macro build_id() -%}
    {{ build_name() }}
{%- endmacro %}

{#- Extraction date, given to the build: nothing reads the clock (D05). -#}
{% macro as_of_date() -%}
    cast('{{ var("as_of_date") }}' as date)
{%- endmacro %}
