{#- Each row has its counterpart in another relation, by a key of several columns (relationships for composite keys).
    Returns the keys that have none. -#}
{% test rows_exist_in(model, to, columns) %}
    with child as (select * from {{ model }})

    select
        {%- for column in columns %}
        child.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from child
    where not exists (
        select 1
        from {{ to }} as parent
        where
            {%- for column in columns %}
            {{ 'and ' if not loop.first }}child.{{ column }} = parent.{{ column }}
            {%- endfor %}
    )
{% endtest %}
