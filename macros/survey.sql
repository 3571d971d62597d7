{#- Pooled amounts of a survey by territory, cut and value (D54): one row per reporting_year, territory, cut and value. Shares are of
    the amounts whose value is known, of all who answered, and not means of shares; the base is given with them (D19).
      answers       CTE with reporting_year, plie_code, amount_eur and a column for each cut, null where it is not known
      territories   CTE of the bridge
      cuts          column of the cut -> list of its values as a query (cut_value, cut_value_label_fr) -#}
{% macro survey_mix(answers, territories, cuts) -%}
    {%- set keys = ['reporting_year', 'territory_kind', 'territory_code', 'cut'] %}
with amounts as (
    select
        reporting_year,
        plie_code,
        {{ total_cut() }} as cut,
        {{ total_cut() }} as cut_value,
        amount_eur
    from {{ answers }}
    {%- for cut in cuts %}
    union all
    select
        reporting_year,
        plie_code,
        '{{ cut }}' as cut,
        {{ cut }} as cut_value,
        amount_eur
    from {{ answers }}
    {%- endfor %}
),

listed_values as (
    {%- for cut, list in cuts.items() %}
    select
        '{{ cut }}' as cut,
        cut_value,
        cut_value_label_fr
    from ({{ list }}) as listed
    union all
    {%- endfor %}
    select
        {{ total_cut() }} as cut,
        {{ total_cut() }} as cut_value,
        {{ total_label() }} as cut_value_label_fr
),

-- Who answered a question: a PLIE that gave at least one known value of the cut.
plie_bases as (
    select
        reporting_year,
        plie_code,
        cut,
        cast(bool_or(cut_value is not null) as integer) as responding_plie,
        coalesce(sum(amount_eur) filter (where cut_value is not null), 0) as amount_known_eur,
        sum(amount_eur) as amount_total_eur
    from amounts
    group by reporting_year, plie_code, cut
),

plie_amounts as (
    select
        reporting_year,
        plie_code,
        cut,
        cut_value,
        cast(sum(amount_eur) > 0 as integer) as plie_with_amount,
        sum(amount_eur) as amount_eur
    from amounts
    where cut_value is not null
    group by reporting_year, plie_code, cut, cut_value
),

bases as (
    {{ sum_over_territories(
        'plie_bases', territories, 'plie_code', ['cut'], ['responding_plie'],
        decimals={'amount_known_eur': 'decimal(18, 6)', 'amount_total_eur': 'decimal(18, 6)'}
    ) }}
),

value_amounts as (
    {{ sum_over_territories(
        'plie_amounts', territories, 'plie_code', ['cut', 'cut_value'], ['plie_with_amount'],
        decimals={'amount_eur': 'decimal(18, 6)'}
    ) }}
),

joined as (
    select
        {%- for key in keys %}
        bases.{{ key }},
        {%- endfor %}
        listed_values.cut_value,
        listed_values.cut_value_label_fr,
        bases.responding_plie,
        coalesce(value_amounts.plie_with_amount, 0) as plie_with_amount,
        cast(coalesce(value_amounts.amount_eur, 0) as decimal(18, 6)) as amount_eur,
        bases.amount_known_eur,
        bases.amount_total_eur
    from bases
    inner join listed_values using (cut)
    left join value_amounts
        on
            {%- for key in keys %}
            bases.{{ key }} = value_amounts.{{ key }} and
            {%- endfor %}
            listed_values.cut_value = value_amounts.cut_value
),

final as (
    select
        *,
        {{ exact_rate('amount_eur', 'amount_known_eur') }} as share_of_amount
    from joined
)

select * from final
{%- endmacro %}

{#- The values of a cut that a reference list has, as a query, for survey_mix; a list may have a code for what is not known. -#}
{% macro listed_codes(code_lists, code_list) -%}
    select code as cut_value, min(label_fr) as cut_value_label_fr from {{ code_lists }}
    where code_list = '{{ code_list }}' and code <> {{ unknown_code() }} group by code
{%- endmacro %}

{#- The groups that the codes of a list fall into, likewise. -#}
{% macro listed_groups(code_groups, code_list) -%}
    select group_code as cut_value, min(group_label_fr) as cut_value_label_fr from {{ code_groups }}
    where code_list = '{{ code_list }}' group by group_code
{%- endmacro %}
