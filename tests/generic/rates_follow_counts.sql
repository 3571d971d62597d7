{#- Each rate is its numerator over its denominator to half a unit of the last decimal, and null exactly when there is no
    denominator (D18). rates: list of {rate, numerator, denominator}; decimals: of the rates. Returns the rows that fail, with
    the rate's name. -#}
{% test rates_follow_counts(model, rates, decimals=6) %}
    {#- A hair more than half a unit: the comparison itself is in floating point. -#}
    {%- set tolerance = '%.15f' % (0.50001 * 10 ** -decimals) %}
    {%- for item in rates %}
    select
        '{{ item.rate }}' as rate_name,
        cast({{ item.numerator }} as double) as numerator,
        cast({{ item.denominator }} as double) as denominator,
        cast({{ item.rate }} as double) as rate
    from {{ model }}
    where
        ({{ item.rate }} is null) <> (coalesce({{ item.denominator }}, 0) = 0 or {{ item.numerator }} is null)
        or abs(
            cast({{ item.rate }} as double) - cast({{ item.numerator }} as double) / ({{ item.denominator }})
        ) > {{ tolerance }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endtest %}
