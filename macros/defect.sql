{#- Why a row cannot be used at all, else null: the first of the required columns that is blank, then the first that cannot be
    read. A required code of no list (`codes`) is kept, as unknown. -#}
{% macro defect(required, codes) -%}
    case
        {%- for column in required %}
        when delivered_{{ column }} is null then {{ reason('valeur_obligatoire_absente') }}
        {%- endfor %}
        {%- for column in required if column not in codes %}
        when {{ column }} is null then {{ reason('valeur_illisible') }}
        {%- endfor %}
    end
{%- endmacro %}
