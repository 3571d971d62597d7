with exit_reasons as (select * from {{ ref('exit_reasons') }}),

step_types as (select * from {{ ref('step_types') }}),

contract_types as (select * from {{ ref('contract_types') }}),

employer_types as (select * from {{ ref('employer_types') }}),

education_levels as (select * from {{ ref('education_levels') }}),

boolean_spellings as (select * from {{ ref('boolean_spellings') }}),

code_lists as (select * from {{ ref('code_lists') }}),

departments as (select * from {{ ref('departments') }}),

regions as (select * from {{ ref('regions') }}),

-- what a supplier may write (spelling) and what it stands for (code)
spellings as (
    select
        code_list,
        code as spelling,
        code,
        label_fr,
        valid_from,
        valid_to
    from code_lists
    union all
    select
        'exit_reason' as code_list,
        exit_reason as spelling,
        exit_reason as code,
        label_fr,
        valid_from,
        valid_to
    from exit_reasons
    union all
    select
        'step_type' as code_list,
        step_type as spelling,
        step_type as code,
        label_fr,
        valid_from,
        valid_to
    from step_types
    union all
    select
        'contract_type' as code_list,
        contract_type as spelling,
        contract_type as code,
        label_fr,
        valid_from,
        valid_to
    from contract_types
    union all
    select
        'employer_type' as code_list,
        employer_type as spelling,
        employer_type as code,
        label_fr,
        valid_from,
        valid_to
    from employer_types
    union all
    select
        'education_level' as code_list,
        education_code as spelling,
        cast(level as varchar) as code,
        label_fr,
        valid_from,
        valid_to
    from education_levels
    union all
    select
        'boolean' as code_list,
        spelling,
        cast(boolean_value as varchar) as code,
        label_fr,
        valid_from,
        valid_to
    from boolean_spellings
    union all
    select
        'department' as code_list,
        department_code as spelling,
        department_code as code,
        department_name as label_fr,
        valid_from,
        valid_to
    from departments
    union all
    select
        'region' as code_list,
        region_code as spelling,
        region_code as code,
        region_name as label_fr,
        valid_from,
        valid_to
    from regions
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
