{#- Delivered text to typed values: the formats that every input accepts. Each returns null for what it cannot read, and
    staging records it; nothing is guessed. DuckDB only: another engine needs its own version of this file. -#}

{#- Surrounding blanks (tabs and no-break spaces too) are dropped, runs of blanks inside become one, empty becomes null. -#}
{% macro clean_text(value) -%}
    {%- set blanks = "'[\\s\\x{00A0}\\x{202F}\\x{FEFF}]+'" -%}
    nullif(
        case
            -- Most cells have no blank, and to look for one is cheaper than to replace it.
            when regexp_matches({{ value }}, {{ blanks }})
                then trim(regexp_replace({{ value }}, {{ blanks }}, ' ', 'g'))
            else {{ value }}
        end,
        ''
    )
{%- endmacro %}

{#- YYYY-MM-DD or DD/MM/YYYY, and a day that exists. The pattern comes first: strptime alone would take 1/2/21. -#}
{% macro parse_date(value) -%}
    case
        when regexp_full_match({{ value }}, '\d{4}-\d{2}-\d{2}')
            then cast(try_strptime({{ value }}, '%Y-%m-%d') as date)
        when regexp_full_match({{ value }}, '\d{2}/\d{2}/\d{4}')
            then cast(try_strptime({{ value }}, '%d/%m/%Y') as date)
    end
{%- endmacro %}

{% macro parse_integer(value) -%}
    case when regexp_full_match({{ value }}, '\d{1,9}') then cast({{ value }} as integer) end
{%- endmacro %}

{% macro parse_year(value) -%}
    case when regexp_full_match({{ value }}, '\d{4}') then cast({{ value }} as integer) end
{%- endmacro %}

{#- YYYY-MM as the first day of the month. -#}
{% macro parse_month(value) -%}
    case
        when regexp_full_match({{ value }}, '\d{4}-(0[1-9]|1[0-2])')
            then cast(try_strptime({{ value }} || '-01', '%Y-%m-%d') as date)
    end
{%- endmacro %}

{#- Hours are exact: at most two decimals. A third one is not rounded, and 1.200 may be a thousand and two hundred: neither can be
    read (D40). -#}
{% macro parse_hours(value) -%}
    case
        when regexp_full_match({{ value }}, '-?\d{1,9}([.,]\d{1,2})?')
            then cast(replace({{ value }}, ',', '.') as decimal(14, 2))
    end
{%- endmacro %}

{#- ETP, to the ten-thousandth. -#}
{% macro parse_etp(value) -%}
    case
        when regexp_full_match({{ value }}, '\d{1,9}([.,]\d{1,4})?')
            then cast(replace({{ value }}, ',', '.') as decimal(14, 4))
    end
{%- endmacro %}

{% macro parse_decimal(value) -%}
    case
        when regexp_full_match({{ value }}, '-?\d{1,12}([.,]\d{1,6})?')
            then cast(replace({{ value }}, ',', '.') as decimal(18, 6))
    end
{%- endmacro %}

{#- Fourteen digits, as text: a SIRET keeps its zeros. -#}
{% macro parse_siret(value) -%}
    case when regexp_full_match({{ value }}, '\d{14}') then {{ value }} end
{%- endmacro %}

{#- Codes are compared without regard to case. -#}
{% macro code_key(value) -%}
    lower({{ value }})
{%- endmacro %}
