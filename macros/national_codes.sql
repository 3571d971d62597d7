{#- Look up a coded column of the CTE `cleaned`: the national code of the list, or the one that the supplier's own code is mapped to, each
    in force at the end of the year. `supplier`: the column that says whose row it is. Reads the CTEs codes and code_maps. -#}
{% macro join_codes(column, code_list, supplier) -%}
    left join codes as {{ column }}_national
        on
            {{ column }}_national.code_list = '{{ code_list }}'
            and {{ column }}_national.code_key = {{ code_key('cleaned.delivered_' ~ column) }}
            and {{ column }}_national.list_day = cleaned.list_day
    left join code_maps as {{ column }}_mapped
        on
            {{ column }}_mapped.field = '{{ column }}'
            and {{ column }}_mapped.code_list = '{{ code_list }}'
            and {{ column }}_mapped.supplier_code = upper(cleaned.delivered_{{ supplier }})
            and {{ column }}_mapped.code_key = {{ code_key('cleaned.delivered_' ~ column) }}
            and {{ column }}_mapped.list_day = cleaned.list_day
{%- endmacro %}

{#- The day of the lists that says what is in force on another day: the same, or the first or last one of the lists, beyond which
    nothing changes. A day that is not known has what was in force before the first change. Reads the CTE list_days. -#}
{% macro list_day(day) -%}
    case
        when {{ day }} is null or {{ day }} < list_days.first_day then list_days.first_day
        when {{ day }} > list_days.last_day then list_days.last_day
        else {{ day }}
    end
{%- endmacro %}

{#- The code that join_codes found, null when there is none. -#}
{% macro national_code(column) -%}
    coalesce({{ column }}_national.code, {{ column }}_mapped.code)
{%- endmacro %}
