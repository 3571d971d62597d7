{#- Delivered text to typed values: the formats that every input accepts. Each returns null for what it cannot read, and
    staging records it; nothing is guessed. DuckDB only: another engine needs its own version of this file. -#}

{#- Surrounding blanks (tabs and no-break spaces too) are dropped, runs of blanks inside become one, empty becomes null. -#}
{% macro clean_text(value) -%}
    nullif(trim(regexp_replace({{ value }}, '[\s\x{00A0}\x{202F}\x{FEFF}]+', ' ', 'g')), '')
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

{#- Codes are compared without regard to case. -#}
{% macro code_key(value) -%}
    lower({{ value }})
{%- endmacro %}
