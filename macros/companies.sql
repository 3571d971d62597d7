{#- All roles that companies have in a lot, together (D45). -#}
{% macro every_role() -%}
    'tout_role'
{%- endmacro %}

{% macro every_role_label() -%}
    'Tout rôle'
{%- endmacro %}
