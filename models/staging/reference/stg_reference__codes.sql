{#- code list -> the reference list that holds it, and its columns of the spelling, the code and the label. -#}
{%- set lists = {
    'exit_reason': ('exit_reasons', 'exit_reason', 'exit_reason', 'label_fr'),
    'step_type': ('step_types', 'step_type', 'step_type', 'label_fr'),
    'contract_type': ('contract_types', 'contract_type', 'contract_type', 'label_fr'),
    'employer_type': ('employer_types', 'employer_type', 'employer_type', 'label_fr'),
    'labour_status': ('labour_statuses', 'labour_status', 'labour_status', 'label_fr'),
    'education_level': ('education_levels', 'education_code', 'level', 'label_fr'),
    'boolean': ('boolean_spellings', 'spelling', 'boolean_value', 'label_fr'),
    'department': ('departments', 'department_code', 'department_code', 'department_name'),
    'region': ('regions', 'region_code', 'region_code', 'region_name'),
} -%}
with code_lists as (select * from {{ ref('code_lists') }}),

-- what a supplier may write (spelling) and the code that it means
spellings as (
    select
        code_list,
        code as spelling,
        code,
        label_fr,
        valid_from,
        valid_to
    from code_lists
    {%- for code_list, (seed, spelling, code, label) in lists.items() %}
    union all
    select
        '{{ code_list }}' as code_list,
        {{ spelling }} as spelling,
        cast({{ code }} as {{ text_type() }}) as code,
        {{ label }} as label_fr,
        valid_from,
        valid_to
    from {{ ref(seed) }}
    {%- endfor %}
    union all
    -- An indicator has a row for each cut and method.
    select
        'indicator' as code_list,
        indicator_code as spelling,
        indicator_code as code,
        min(label_fr) as label_fr,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from {{ ref('measures') }}
    where indicator_code is not null
    group by indicator_code
),

final as (
    select
        code_list,
        {{ code_key('spelling') }} as code_key,
        code,
        label_fr,
        valid_from,
        valid_to
    from spellings
)

select * from final
