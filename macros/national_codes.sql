{#- Look up a coded column of the CTE `cleaned`: the national code of the list, or the one that the supplier's own code is mapped to, each
    in force at the end of the year. `supplier`: the column that says whose row it is. Reads the CTEs codes and code_maps. -#}
{% macro join_codes(column, code_list, supplier) -%}
    left join codes as {{ column }}_national
        on
            {{ column }}_national.code_list = '{{ code_list }}'
            and {{ column }}_national.code_key = {{ code_key('cleaned.delivered_' ~ column) }}
            and {{ in_force(column ~ '_national', 'cleaned.year_end') }}
    left join code_maps as {{ column }}_mapped
        on
            {{ column }}_mapped.field = '{{ column }}'
            and {{ column }}_mapped.code_list = '{{ code_list }}'
            and {{ column }}_mapped.supplier_code = upper(cleaned.delivered_{{ supplier }})
            and {{ column }}_mapped.code_key = {{ code_key('cleaned.delivered_' ~ column) }}
            and {{ in_force(column ~ '_mapped', 'cleaned.year_end') }}
{%- endmacro %}

{#- The code that join_codes found, null when there is none. -#}
{% macro national_code(column) -%}
    coalesce({{ column }}_national.code, {{ column }}_mapped.code)
{%- endmacro %}
