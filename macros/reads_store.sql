{#- Whether the rows are those of the store of accepted deliveries, or the sample's (dbt var `deliveries`). -#}
{% macro reads_store() -%}
    {%- if var('deliveries') not in ['sample', 'store'] -%}
        {{ exceptions.raise_compiler_error("the variable deliveries is sample or store, not '" ~ var('deliveries') ~ "'") }}
    {%- endif -%}
    {{ return(var('deliveries') == 'store') }}
{%- endmacro %}
