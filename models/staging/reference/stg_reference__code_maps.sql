with code_maps as (select * from {{ ref('code_maps') }}),

codes as (select * from {{ ref('stg_reference__codes') }}),

-- The survey asks a PLIE who employs its referents: its own word for a kind of employer is the same there, in another list.
coded_fields as ({{ coded_fields([
    'participants', 'steps', 'exits', 'procurements', 'beneficiaries', 'work_contracts', 'hours', 'survey_teams',
]) }}
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
