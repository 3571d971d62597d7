-- D1B, D31: a code counts when it is in force on the day that it is asked for. Staging looks it up by equality: lists joined by
-- their dates would be compared row by row with all that was delivered.
with codes as (select * from {{ ref('stg_reference__codes') }}),

code_maps as (select * from {{ ref('stg_reference__code_maps') }}),

dated as (
    select
        cast(null as {{ text_type() }}) as supplier_code,
        cast(null as {{ text_type() }}) as field,
        code_list,
        code_key,
        code,
        valid_from,
        valid_to
    from codes
    union all
    select
        supplier_code,
        field,
        code_list,
        code_key,
        code,
        valid_from,
        valid_to
    from code_maps
),

bounds as (
    select valid_from as bound from dated
    union
    select valid_to as bound from dated
    union
    select {{ as_of_date() }} as bound
),

-- Nothing changes before the first of these years, nor after the last one.
span as (
    select
        cast(min(extract(year from bound)) as integer) - 1 as first_year,
        cast(max(extract(year from bound)) as integer) + 1 as last_year
    from bounds
),

years as (
    select {{ each_whole_number('first_year', 'last_year') }} as list_year
    from span
),

-- The extraction date stands for a year where a row names none.
days as (
    select {{ last_day_of_year('cast(list_year as integer)') }} as list_day
    from years
    union
    select {{ as_of_date() }} as list_day
),

final as (
    select
        days.list_day,
        dated.supplier_code,
        dated.field,
        dated.code_list,
        dated.code_key,
        dated.code
    from days
    inner join dated on {{ in_force('dated', 'days.list_day') }}
)

select * from final
