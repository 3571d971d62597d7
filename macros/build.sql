{#- Name of the build, written beside every published figure (D61): what the build command passes, else dbt's own run id. -#}
{% macro build_id() -%}
    '{{ var("build_id") or invocation_id }}'
{%- endmacro %}
