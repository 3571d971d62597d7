{#- A quotient of two whole numbers, rounded half up on the exact value, null for a zero or unknown denominator (D18).
    Integer arithmetic throughout: a quotient in floating point may fall on the wrong side of a half.
      precision, scale   of the decimal that comes out
      whole              type of the whole numbers on the way: a larger one where products pass 2^63 -#}
{% macro quotient(numerator, denominator, precision, scale, whole='bigint') -%}
    case
        when {{ denominator }} > 0
            then cast(
                cast(
                    {{ whole_quotient((2 * 10 ** scale) ~ ' * cast(' ~ numerator ~ ' as ' ~ whole ~ ') + ' ~ denominator, '2 * ' ~ denominator) }}
                    as decimal(18, 0)
                )
                {%- if scale %} * cast({{ '0.' ~ '0' * (scale - 1) ~ '1' }} as decimal({{ scale + 1 }}, {{ scale }})){% endif %}
                as decimal({{ precision }}, {{ scale }})
            )
    end
{%- endmacro %}

{#- A quotient of two decimals of at most six decimals, amounts or ETP: of their millionths. -#}
{% macro exact_quotient(numerator, denominator, precision, scale) -%}
    {{ quotient(millionths(numerator), millionths(denominator), precision, scale, whole=wide_type()) }}
{%- endmacro %}

{#- The same as a share or a rate, decimal(9,6). -#}
{% macro exact_rate(numerator, denominator) -%}
    {{ exact_quotient(numerator, denominator, 9, 6) }}
{%- endmacro %}

{#- A total for each of those who gave it (D54), decimal(14,4). -#}
{% macro per_respondent(total, respondents) -%}
    {{ exact_quotient(total, respondents, 14, 4) }}
{%- endmacro %}

{% macro millionths(value) -%}
    cast(cast({{ value }} as decimal(38, 6)) * 1000000 as {{ wide_type() }})
{%- endmacro %}

{#- A quotient of two counts as decimal(9,6). -#}
{% macro rate(numerator, denominator) -%}
    {{ quotient(numerator, denominator, 9, 6) }}
{%- endmacro %}

{#- Hours, and other decimals with at most two decimals, as a whole number of hundredths: what exact quotients are made of. -#}
{% macro hundredths(value) -%}
    cast({{ value }} * 100 as bigint)
{%- endmacro %}

{#- ETP is derived last, from the sum of the hours and the divisor in force (D40). -#}
{% macro etp(hours, hours_per_etp) -%}
    {{ quotient(hundredths(hours), hundredths(hours_per_etp), 14, 4) }}
{%- endmacro %}

{#- A total for each full-time facilitator: over their ETP, a decimal(14,4), and not over their number (D46). -#}
{% macro per_full_time(total, facilitators_etp) -%}
    {{ quotient('cast(' ~ total ~ ' * 10000 as bigint)', 'cast(' ~ facilitators_etp ~ ' * 10000 as bigint)', 14, 4) }}
{%- endmacro %}

{#- The ETP that a full-time facilitator follows, from the hours: a rounded ETP is not divided again. -#}
{% macro etp_per_full_time(hours, hours_per_etp, facilitators_etp) -%}
    {{ quotient(
        hundredths(hours) ~ ' * 10000',
        '(' ~ hundredths(hours_per_etp) ~ ' * cast(' ~ facilitators_etp ~ ' * 10000 as bigint))',
        14, 4
    ) }}
{%- endmacro %}

{#- Sums of counts stay BIGINT: DuckDB sums integers into HUGEINT, which is slow and which BI drivers cannot read. -#}
{% macro count_sum(expression) -%}
    cast(sum({{ expression }}) as bigint)
{%- endmacro %}

{% macro count_where(condition) -%}
    cast(count(*) filter (where {{ condition }}) as bigint)
{%- endmacro %}

{#- Sums of hours stay exact, to the hundredth; hours that were not delivered are 0 (no row, no hour). -#}
{% macro hours_sum(hours) -%}
    cast(coalesce(sum({{ hours }}), 0) as decimal(14, 2))
{%- endmacro %}

{% macro hours_where(hours, condition) -%}
    cast(coalesce(sum({{ hours }}) filter (where {{ condition }}), 0) as decimal(14, 2))
{%- endmacro %}

{#- What a reader sees of a quotient: half up on the exact value (D55), which the rounded one may have lost. Numerator and
    denominator are exact decimals of at most six decimals; factor is 100 for percent. -#}
{% macro displayed(numerator, denominator, decimals=0, factor=1) -%}
    {{ quotient(
        millionths(numerator) ~ ' * ' ~ factor, millionths(denominator), 18, decimals, whole=wide_type()
    ) }}
{%- endmacro %}

{#- What a reader sees of a quotient of two whole numbers when each row has its own rounding: so many decimals, or tens, hundreds …
    where it is negative; half up on the exact value (D55), decimal(18,6). A negative quotient is rounded up at the half too. -#}
{% macro displayed_at(numerator, denominator, rounding) -%}
    {%- set finer = 'cast(power(10, greatest(' ~ rounding ~ ', 0)) as ' ~ wide_type() ~ ')' %}
    {%- set coarser = 'cast(power(10, greatest(-(' ~ rounding ~ '), 0)) as ' ~ wide_type() ~ ')' %}
    {%- set above = '(2 * ' ~ numerator ~ ' * ' ~ finer ~ ' + ' ~ denominator ~ ' * ' ~ coarser ~ ')' %}
    {%- set below = '(2 * ' ~ denominator ~ ' * ' ~ coarser ~ ')' -%}
    case
        when {{ denominator }} > 0
            then cast(
                cast(
                    -- Whole division drops what is over, of a negative number too.
                    ({{ whole_quotient(above, below) }} - cast({{ above }} < 0 and {{ above }} % {{ below }} <> 0 as integer))
                    * {{ coarser }} * ({{ whole_quotient(1000000, finer) }})
                    as decimal(38, 0)
                ) * cast(0.000001 as decimal(7, 6))
                as decimal(18, 6)
            )
    end
{%- endmacro %}

{#- The same with six decimals, as exact as a column can be. -#}
{% macro exact_display(numerator, denominator) -%}
    {{ displayed_at(numerator, denominator, 6) }}
{%- endmacro %}

{#- A share as a number of percent. -#}
{% macro percent(share) -%}
    ({{ share }} * 100)
{%- endmacro %}
