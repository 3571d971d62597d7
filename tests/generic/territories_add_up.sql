{#- Counts summed over the territories of each level equal the national count, for each year and cut. Only suppliers that the
    register does not know, or whose department it does not give, may lack from the levels below: in a year that has one, a level
    may fall short, never exceed.
      facts, dimension, supplier, supplier_kind   where the suppliers of a year are, their dimension, their column and their level
      levels   the levels that the table has, where it lacks some
    Returns level, measure, and both sums. -#}
{% test territories_add_up(
    model, measures, cuts=[], facts='fct_parcours', dimension='dim_plie', supplier='plie_code', supplier_kind='plie', levels=none
) %}
    {%- set keys = ['reporting_year'] + cuts %}
    with sums as (
        select
            {{ keys | join(', ') }},
            territory_kind,
            {%- for measure in measures %}
            sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ model }}
        group by {{ keys | join(', ') }}, territory_kind
    ),

    national as (
        select *
        from sums
        where territory_kind = 'national'
    ),

    years_with_unplaced as (
        select facts.reporting_year
        from {{ ref(facts) }} as facts
        inner join {{ ref(dimension) }} as suppliers on facts.{{ supplier }} = suppliers.{{ supplier }}
        where
            not suppliers.is_registered
            or suppliers.department_code is null
        group by facts.reporting_year
    ),

    compared as (
        {%- for measure in measures %}
        select
            {%- for key in keys %}
            national.{{ key }},
            {%- endfor %}
            levels.territory_kind,
            '{{ measure }}' as measure,
            sums.{{ measure }} as level_sum,
            national.{{ measure }} as national_sum
        from national
        cross join (
            select territory_kind
            from {{ ref('territory_kinds') }}
            where territory_kind in ('{{ (levels or [supplier_kind, 'departement', 'region', 'national']) | join("', '") }}')
        ) as levels
        left join sums
            on
                levels.territory_kind = sums.territory_kind
                {%- for key in keys %}
                and national.{{ key }} = sums.{{ key }}
                {%- endfor %}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )

    select compared.*
    from compared
    left join years_with_unplaced on compared.reporting_year = years_with_unplaced.reporting_year
    where
        (
            years_with_unplaced.reporting_year is null
            and compared.level_sum is distinct from compared.national_sum
        )
        or compared.level_sum > compared.national_sum
{% endtest %}
