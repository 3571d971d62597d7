{#- Name of the build, written with every published figure (D61): what the build command passes, else dbt's own run id. An
    environment variable and not one of dbt's: a variable that changed makes dbt parse the whole project again. -#}
{% macro build_id() -%}
    '{{ env_var("PLIE_BUILD_ID", "") or invocation_id }}'
{%- endmacro %}

{#- Extraction date, given to the build: nothing reads the clock (D05). -#}
{% macro as_of_date() -%}
    cast('{{ var("as_of_date") }}' as date)
{%- endmacro %}
