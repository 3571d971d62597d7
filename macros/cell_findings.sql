{#- One row per bad cell of a staged table: a required cell that is blank, a code of no list, a value that cannot be read, which
    is a fault where it is required and is ignored elsewhere.
      codes, values   the columns of codes, and those of other types; a column that is in neither is a text, never unreadable
      required        the columns that may not be blank -#}
{% macro cell_findings(staged, required, codes, values) -%}
    {%- for column in (required + codes + values) | unique %}
    {%- set delivered = 'delivered_' ~ column if column in codes + values else column %}
    {%- set finding = 'code_inconnu' if column in codes else ('valeur_illisible' if column in required else 'valeur_ignoree') %}
    select
        source_table,
        source_file,
        source_row,
        '{{ column }}' as column_name,
        {{ delivered }} as delivered_value,
        case
            when {{ delivered }} is null then {{ reason('valeur_obligatoire_absente') }}
            else {{ reason(finding) }}
        end as reason_code
    from {{ staged }}
    where {{ column }} is null{{ ' and ' ~ delivered ~ ' is not null' if column not in required }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
