{#- Codes occur in their reference list, for several columns of a table at once; null is unknown and passes.
      lists     column -> code list of stg_reference__codes
      seeds     column -> reference seed that has a column of that name (or {seed, column})
    Returns the offending column, list and code, with how often it occurs. -#}
{% test codes_in_lists(model, lists={}, seeds={}) %}
    with model as (select * from {{ model }}),

    offences as (
        {%- for column, code_list in lists.items() %}
        select
            '{{ column }}' as column_name,
            '{{ code_list }}' as code_list,
            cast({{ column }} as {{ text_type() }}) as code
        from model
        where
            {{ column }} is not null
            and not exists (
                select 1
                from {{ ref('stg_reference__codes') }} as codes
                where
                    codes.code_list = '{{ code_list }}'
                    and codes.code = cast(model.{{ column }} as {{ text_type() }})
            )
        union all
        {%- endfor %}
        {%- for column, seed in seeds.items() %}
        select
            '{{ column }}' as column_name,
            '{{ seed }}' as code_list,
            cast({{ column }} as {{ text_type() }}) as code
        from model
        where
            {{ column }} is not null
            and not exists (
                select 1
                from {{ ref(seed) }} as codes
                where cast(codes.{{ column }} as {{ text_type() }}) = cast(model.{{ column }} as {{ text_type() }})
            )
        union all
        {%- endfor %}
        select
            null as column_name,
            null as code_list,
            null as code
        where false
    )

    select
        column_name,
        code_list,
        code,
        count(*) as occurrences
    from offences
    group by column_name, code_list, code
{% endtest %}
