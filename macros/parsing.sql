{#- Delivered text to typed values: the formats that every input accepts. Each returns null for what it cannot read, and
    staging records it; nothing is guessed. Engines read text in their own words: macros/dialect. -#}

{#- Surrounding blanks (tabs and no-break spaces too) are dropped, runs of blanks inside become one, empty becomes null. -#}
{% macro clean_text(value) -%}
    nullif({{ squeeze_blanks(value) }}, '')
{%- endmacro %}

{#- YYYY-MM-DD or DD/MM/YYYY, and a day that exists. The pattern comes first: alone, a reader of dates would take 1/2/21. -#}
{% macro parse_date(value) -%}
    case
        when {{ matches(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}') }}
            then {{ existing_day(value) }}
        when {{ matches(value, '[0-9]{2}/[0-9]{2}/[0-9]{4}') }}
            then {{ existing_day(
                'substr(' ~ value ~ ", 7, 4) || '-' || substr(" ~ value ~ ", 4, 2) || '-' || substr(" ~ value ~ ', 1, 2)'
            ) }}
    end
{%- endmacro %}

{% macro parse_integer(value) -%}
    case when {{ matches(value, '[0-9]{1,9}') }} then cast({{ value }} as integer) end
{%- endmacro %}

{% macro parse_year(value) -%}
    case when {{ matches(value, '[0-9]{4}') }} then cast({{ value }} as integer) end
{%- endmacro %}

{#- YYYY-MM as the first day of the month. -#}
{% macro parse_month(value) -%}
    case
        when {{ matches(value, '[0-9]{4}-(0[1-9]|1[0-2])') }}
            then {{ existing_day('(' ~ value ~ " || '-01')") }}
    end
{%- endmacro %}

{#- Hours are exact: at most two decimals. A third one is not rounded, and 1.200 may be a thousand and two hundred: neither can be
    read (D40). -#}
{% macro parse_hours(value) -%}
    case
        when {{ matches(value, '-?[0-9]{1,9}([.,][0-9]{1,2})?') }}
            then cast(replace({{ value }}, ',', '.') as decimal(14, 2))
    end
{%- endmacro %}

{#- ETP, to the ten-thousandth. -#}
{% macro parse_etp(value) -%}
    case
        when {{ matches(value, '[0-9]{1,9}([.,][0-9]{1,4})?') }}
            then cast(replace({{ value }}, ',', '.') as decimal(14, 4))
    end
{%- endmacro %}

{#- Days, to the quarter (D71). -#}
{% macro parse_days(value) -%}
    case
        when {{ matches(value, '[0-9]{1,4}([.,](00?|50?|25|75))?') }}
            then cast(replace({{ value }}, ',', '.') as decimal(9, 2))
    end
{%- endmacro %}

{% macro parse_decimal(value) -%}
    case
        when {{ matches(value, '-?[0-9]{1,12}([.,][0-9]{1,6})?') }}
            then cast(replace({{ value }}, ',', '.') as decimal(18, 6))
    end
{%- endmacro %}

{#- Fourteen digits, as text: a SIRET keeps its zeros. -#}
{% macro parse_siret(value) -%}
    case when {{ matches(value, '[0-9]{14}') }} then {{ value }} end
{%- endmacro %}

{#- Codes are compared without regard to case. -#}
{% macro code_key(value) -%}
    lower({{ value }})
{%- endmacro %}
