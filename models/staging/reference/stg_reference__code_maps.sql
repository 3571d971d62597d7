with code_maps as (select * from {{ ref('code_maps') }}),

codes as (select * from {{ ref('stg_reference__codes') }}),

-- A column name may have several lists: the survey has its own codes for the employer of a referent.
coded_fields as (
    select distinct
        column_name as field,
        code_list
    from {{ ref('delivered_columns') }}
    where code_list is not null
),

final as (
    select
        code_maps.supplier_code,
        code_maps.field,
        codes.code_list,
        {{ code_key('code_maps.local_code') }} as code_key,
        codes.code,
        code_maps.valid_from,
        code_maps.valid_to
    from code_maps
    inner join coded_fields on code_maps.field = coded_fields.field
    inner join codes
        on
            coded_fields.code_list = codes.code_list
            and {{ code_key('code_maps.national_code') }} = codes.code_key
)

select * from final
