{#- A quotient of two counts as decimal(9,6), rounded half up on the exact value, null for a zero or unknown denominator (D18).
    Integer arithmetic throughout: a quotient in floating point may fall on the wrong side of a half. -#}
{% macro rate(numerator, denominator) -%}
    case
        when {{ denominator }} > 0
            then cast(
                cast(
                    (2000000 * cast({{ numerator }} as bigint) + {{ denominator }}) // (2 * {{ denominator }})
                    as decimal(18, 0)
                ) * cast(0.000001 as decimal(7, 6)) as decimal(9, 6)
            )
    end
{%- endmacro %}

{#- Sums of counts stay BIGINT: DuckDB sums integers into HUGEINT, which is slow and which BI drivers cannot read. -#}
{% macro count_sum(expression) -%}
    cast(sum({{ expression }}) as bigint)
{%- endmacro %}

{% macro count_where(condition) -%}
    cast(count(*) filter (where {{ condition }}) as bigint)
{%- endmacro %}
