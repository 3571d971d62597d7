-- D45: the companies of each lot by their role, and whether one of them is of the IAE: null where the type of none is known. All
-- roles together are a row of their own, which companies of an unknown role are in, too.
with delivered as (select * from {{ ref('stg_clause__procurement_companies') }}),

dispositions as (select * from {{ ref('int_clause__row_dispositions') }}),

employer_types as (select * from {{ ref('employer_types') }}),

companies as (
    {{ accepted_rows('delivered', 'dispositions') }}
),

with_type as (
    select
        companies.reporting_year,
        companies.structure_code,
        companies.buyer_id,
        companies.procurement_id,
        companies.lot_no,
        companies.role as company_role,
        employer_types.is_clause_iae
    from companies
    left join employer_types on companies.company_type = employer_types.employer_type
),

with_every_role as (
    select * from with_type
    union all
    select
        reporting_year,
        structure_code,
        buyer_id,
        procurement_id,
        lot_no,
        {{ every_role() }} as company_role,
        is_clause_iae
    from with_type
),

final as (
    select
        reporting_year,
        structure_code,
        buyer_id,
        procurement_id,
        lot_no,
        company_role,
        bool_or(is_clause_iae) as is_iae
    from with_every_role
    where company_role is not null
    group by reporting_year, structure_code, buyer_id, procurement_id, lot_no, company_role
)

select * from final
