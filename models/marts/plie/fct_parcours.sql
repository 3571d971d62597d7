-- D01, D02: the parcours that count.
with parcours as (select * from {{ ref('int_plie__parcours') }}),

final as (
    select * exclude (source_file, source_row, reason_code, has_implausible_age, birth_year)
    from parcours
    where reason_code is null
)

select * from final
