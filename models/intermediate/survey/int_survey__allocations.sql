-- D54: the accepted answers of the survey about allocations, with the group of each operator. The survey writes "inconnu" for
-- a type of operation that was not given.
with allocations as (select * from {{ ref('stg_survey__survey_allocations') }}),

dispositions as (select * from {{ ref('int_survey__row_dispositions') }}),

code_groups as (select * from {{ ref('code_groups') }}),

accepted as (
    {{ accepted_rows('allocations', 'dispositions') }}
),

final as (
    select
        accepted.reporting_year,
        accepted.plie_code,
        accepted.amount_eur,
        accepted.operator_type,
        code_groups.group_code as operator_group,
        nullif(accepted.operation_type, {{ unknown_code() }}) as operation_type
    from accepted
    left join code_groups
        on
            code_groups.code_list = 'operator_type'
            and accepted.operator_type = code_groups.code
)

select * from final
