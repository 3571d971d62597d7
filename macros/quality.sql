{#- A reason code of the reference list quality_reasons, as an SQL literal. A test checks that every name used here is in the list. -#}
{% macro reason(reason_code) -%}
    '{{ reason_code }}'
{%- endmacro %}

{#- The same for reclassification_reasons. -#}
{% macro reclassification(reason_code) -%}
    '{{ reason_code }}'
{%- endmacro %}

{#- How an unknown value of a cut is written where a key may not be null. -#}
{% macro unknown_code() -%}
    'inconnu'
{%- endmacro %}

{#- And as readers see it. -#}
{% macro unknown_label() -%}
    'Inconnu'
{%- endmacro %}

{#- The outcome of hours that no rule excludes; the outcome of the others is the reason of their exclusion. -#}
{% macro counted_outcome() -%}
    'comptees'
{%- endmacro %}

{#- Whose checks a row counts in: its supplier's, or those of the network head for its registers and its survey. -#}
{% macro checked_supplier() -%}
    case when supplier_kind in ('network', 'survey', 'activity') then supplier_kind else supplier_code end
{%- endmacro %}

{#- What the second enforcement found against a rule, a row each: rule, table, columns, how many rows differ and the first of them.
      results  relation of validation results -#}
{% macro broken_rules(results) -%}
with results as (select * from {{ results }}),

final as (
    select
        rule_id || ' ' || table_name || ' (' || column_name || '): ' || unexpected_count || ' of ' || evaluated_count
        || ' rows differ: ' || coalesce(first_unexpected_keys, expectation) as problem
    from results
    where not success
)

select * from final
{%- endmacro %}
