{#- The levels at which every aggregate is given, and the one way to reach them. -#}

{#- Counts of a CTE that has one row per reporting_year, supplier and cut, summed over each territory that the supplier belongs
    to. Persons are distinct within a supplier and cannot be told apart across suppliers (D01), so that sums are right at
    every level. A count that no supplier of the territory delivered stays null.
      counts        name of the CTE
      territories   name of the CTE of the bridge (supplier, territory_kind, territory_code)
      supplier      the supplier's column in both
      cuts          columns of the cut, [] for none
      measures      the counts to sum -#}
{% macro sum_over_territories(counts, territories, supplier, cuts, measures) -%}
    select
        {{ counts }}.reporting_year,
        {{ territories }}.territory_kind,
        {{ territories }}.territory_code,
        {%- for cut in cuts %}
        {{ counts }}.{{ cut }},
        {%- endfor %}
        {%- for measure in measures %}
        {{ count_sum(counts ~ '.' ~ measure) }} as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ counts }}
    inner join {{ territories }} on {{ counts }}.{{ supplier }} = {{ territories }}.{{ supplier }}
    group by
        {{ counts }}.reporting_year,
        {{ territories }}.territory_kind,
        {{ territories }}.territory_code
        {%- for cut in cuts %},
        {{ counts }}.{{ cut }}
        {%- endfor %}
{%- endmacro %}

{#- The bridge itself: one row per supplier and territory. A supplier that the register does not know has no department and
    counts at national level only. -#}
{% macro territory_bridge(dimension, supplier, supplier_kind) -%}
    select
        {{ supplier }},
        '{{ supplier_kind }}' as territory_kind,
        {{ supplier }} as territory_code
    from {{ dimension }}
    where is_registered
    union all
    select
        {{ supplier }},
        'departement' as territory_kind,
        department_code as territory_code
    from {{ dimension }}
    where department_code is not null
    union all
    select
        {{ supplier }},
        'region' as territory_kind,
        region_code as territory_code
    from {{ dimension }}
    where region_code is not null
    union all
    select
        {{ supplier }},
        'national' as territory_kind,
        'FR' as territory_code
    from {{ dimension }}
{%- endmacro %}

{#- The same levels with their names: one row per territory that may occur in an aggregate. -#}
{% macro territory_names(dimension, supplier, supplier_kind, departments, regions, territory_kinds) -%}
    select
        '{{ supplier_kind }}' as territory_kind,
        {{ supplier }} as territory_code,
        coalesce(name, {{ supplier }}) as territory_name
    from {{ dimension }}
    where is_registered
    union all
    select
        'departement' as territory_kind,
        department_code as territory_code,
        department_name as territory_name
    from {{ departments }}
    union all
    select
        'region' as territory_kind,
        region_code as territory_code,
        region_name as territory_name
    from {{ regions }}
    union all
    select
        territory_kind,
        'FR' as territory_code,
        label_fr as territory_name
    from {{ territory_kinds }}
    where territory_kind = 'national'
{%- endmacro %}

{#- Two rows are of the same territory. -#}
{% macro same_territory(one, other) -%}
    {{ one }}.territory_kind = {{ other }}.territory_kind
    and {{ one }}.territory_code = {{ other }}.territory_code
{%- endmacro %}
