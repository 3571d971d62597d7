{%- set structure_columns = ['department_code', 'opened_on', 'closed_on'] -%}
-- D50: what each register says of each year: one row per year, kind and structure, existing or not.
with years as (select * from {{ ref('int_network__years') }}),

acceptance as (select * from {{ ref('int_network__row_acceptance') }}),

plie_register as (select * from {{ ref('stg_network__plie_register') }}),

embedded_register as (select * from {{ ref('plie_register') }}),

mde_register as (select * from {{ ref('stg_network__mde_register') }}),

clause_structures as (select * from {{ ref('stg_network__clause_structures') }}),

departments as (select * from {{ ref('departments') }}),

delivered_plie as (
    {{ accepted_rows('plie_register', 'acceptance') }}
),

plie as (
    {{ plie_register_rows('delivered_plie', 'embedded_register') }}
),

houses as (
    {{ accepted_rows('mde_register', 'acceptance') }}
),

clause as (
    {{ accepted_rows('clause_structures', 'acceptance') }}
),

registers as (
    select
        'plie' as structure_kind,
        plie_code as structure_code,
        town,
        {{ structure_columns | join(', ') }},
        delivery_year
    from plie
    union all
    select
        {{ mde_kind() }} as structure_kind,
        mde_code as structure_code,
        null as town,
        {{ structure_columns | join(', ') }},
        delivery_year
    from houses
    union all
    select
        'structure' as structure_kind,
        structure_code,
        null as town,
        {{ structure_columns | join(', ') }},
        delivery_year
    from clause
),

plie_years as (
    {{ register_of_year('plie', 'years') }}
),

house_years as (
    {{ register_of_year('houses', 'years') }}
),

clause_years as (
    {{ register_of_year('clause', 'years') }}
),

register_years as (
    select
        'plie' as structure_kind,
        *
    from plie_years
    union all
    select
        {{ mde_kind() }} as structure_kind,
        *
    from house_years
    union all
    select
        'structure' as structure_kind,
        *
    from clause_years
),

final as (
    select
        register_years.reporting_year,
        registers.structure_kind,
        registers.structure_code,
        registers.town,
        registers.department_code,
        departments.region_code,
        registers.opened_on,
        registers.closed_on,
        {{ exists_on('registers.opened_on', 'registers.closed_on', 'register_years.year_start') }} as exists_on_1_jan,
        {{ exists_on('registers.opened_on', 'registers.closed_on', 'register_years.year_end') }} as exists_on_31_dec,
        {{ exists_within(
            'registers.opened_on', 'registers.closed_on', 'register_years.year_start', 'register_years.year_end'
        ) }} as exists_in_year
    from register_years
    inner join registers using (structure_kind, delivery_year)
    left join departments on registers.department_code = departments.department_code
)

select * from final
