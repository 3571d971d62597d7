{#- Name of the code and reference lists of this build, which the plugin of the working file gives to each connection. -#}
{% macro rules_name() -%}
    cast(getvariable('rules') as varchar)
{%- endmacro %}

{#- Why a figure moved, in French, for readers. -#}
{% macro revision_cause(name) -%}
    '{{ {
        "corrected": "livraison corrigée",
        "new": "nouvelle livraison",
        "withdrawn": "livraison retirée",
        "rules": "règles, paramètres ou nomenclatures",
        "sample": "échantillon, règles, paramètres ou nomenclatures",
    }[name] }}'
{%- endmacro %}

{#- Which deliveries a figure stands on, by the aggregate that it is made from. One row per beginning of the name of an
    aggregate and kind of delivery:
      reach          supplier: the deliveries of a supplier reach its own figures and those of the territories that it is in;
                     everywhere: any figure; placed: those of departments and regions, in which a register places suppliers
      is_same_year   only the deliveries of the year of the figure; a register serves other years too (D50) -#}
{% macro delivery_reach() -%}
    select *
    from (
        values
        ('plie_', 'plie', 'supplier', true),
        ('plie_', 'network', 'placed', false),
        ('clause_', 'clause', 'supplier', true),
        ('clause_', 'network', 'placed', false),
        ('clause_facilitator_activity', 'network', 'everywhere', false),
        ('network_', 'network', 'everywhere', false),
        ('network_coverage', 'plie', 'supplier', true),
        ('survey_', 'survey', 'everywhere', true),
        ('survey_', 'network', 'placed', false)
    ) as reaches (mart_start, kind, reach, is_same_year)
{%- endmacro %}
