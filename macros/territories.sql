{#- The levels at which every aggregate is given, and the one way to reach them. -#}

{#- Counts of a CTE that has one row per reporting_year, supplier and cut, summed over each territory that the supplier belongs
    to. Persons are distinct within a supplier and cannot be recognised across suppliers (D01), so that sums are right at
    every level. A count that no supplier of the territory delivered stays null.
      counts        name of the CTE
      territories   name of the CTE of the bridge (supplier, territory_kind, territory_code)
      supplier      the supplier's column in both
      cuts          columns of the cut, [] for none
      measures      the counts to sum
      decimals      name -> type of the decimals to sum, hours and ETP, which stay exact -#}
{% macro sum_over_territories(counts, territories, supplier, cuts, measures, decimals={}) -%}
    select
        {{ counts }}.reporting_year,
        {{ territories }}.territory_kind,
        {{ territories }}.territory_code,
        {%- for cut in cuts %}
        {{ counts }}.{{ cut }},
        {%- endfor %}
        {%- for measure, type in decimals.items() %}
        cast(sum({{ counts }}.{{ measure }}) as {{ type }}) as {{ measure }},
        {%- endfor %}
        {%- for measure in measures %}
        {{ count_sum(counts ~ '.' ~ measure) }} as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ counts }}
    inner join {{ territories }} using ({{ supplier }})
    group by
        {{ counts }}.reporting_year,
        {{ territories }}.territory_kind,
        {{ territories }}.territory_code
        {%- for cut in cuts %},
        {{ counts }}.{{ cut }}
        {%- endfor %}
{%- endmacro %}

{#- What several suppliers of a territory may share is counted once there, so that it is no sum (D44): one row per
    reporting_year, territory and cut.
      rows     name of the CTE, with reporting_year, supplier and cut
      things   name of the count -> column that names the thing; null is no thing
    Other arguments as above. -#}
{% macro distinct_over_territories(rows, territories, supplier, cuts, things) -%}
    select
        {{ rows }}.reporting_year,
        {{ territories }}.territory_kind,
        {{ territories }}.territory_code,
        {%- for cut in cuts %}
        {{ rows }}.{{ cut }},
        {%- endfor %}
        {%- for name, thing in things.items() %}
        cast(count(distinct {{ rows }}.{{ thing }}) as bigint) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ rows }}
    inner join {{ territories }} using ({{ supplier }})
    group by
        {{ rows }}.reporting_year,
        {{ territories }}.territory_kind,
        {{ territories }}.territory_code
        {%- for cut in cuts %},
        {{ rows }}.{{ cut }}
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

{#- The same levels with their names: one row per territory that may occur in an aggregate.
      suppliers   level -> (dimension, column of the supplier) -#}
{% macro territory_names(suppliers, departments, regions, territory_kinds) -%}
    {%- for kind, (dimension, supplier) in suppliers.items() %}
    select
        '{{ kind }}' as territory_kind,
        {{ supplier }} as territory_code,
        coalesce(name, {{ supplier }}) as territory_name
    from {{ dimension }}
    where is_registered
    union all
    {%- endfor %}
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

{#- Each row once for each territory of its seat, and once for the country.
      columns   kind of territory -> column with its code, null where the row has none -#}
{% macro rows_by_territory(rows, columns) -%}
    {%- for kind, column in columns.items() %}
    select
        '{{ kind }}' as territory_kind,
        {{ column }} as territory_code,
        *
    from {{ rows }}
    where {{ column }} is not null
    union all
    {%- endfor %}
    select
        'national' as territory_kind,
        'FR' as territory_code,
        *
    from {{ rows }}
{%- endmacro %}
