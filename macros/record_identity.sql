{#- The key of a row in its delivery as text: the typed values, as delivered where a value cannot be read. `as_delivered`: columns
    whose text is the key itself. -#}
{% macro record_key(columns, as_delivered=[]) -%}
    concat_ws(
        '/'
        {%- for column in columns -%}
        , coalesce({{ 'cast(' ~ column ~ ' as ' ~ text_type() ~ '), ' if column not in as_delivered }}delivered_{{ column }}, '?')
        {%- endfor -%}
    )
{%- endmacro %}

{#- A digest of what a row means: equal for two rows that say the same, in whatever format (D1B). -#}
{% macro record_hash(columns) -%}
    left(md5(concat_ws(
        chr(31)
        {%- for column in columns -%}
        , coalesce(cast({{ column }} as {{ text_type() }}), delivered_{{ column }}, '')
        {%- endfor -%}
    )), 16)
{%- endmacro %}
