-- D54: companies that work with each PLIE, and their average over the PLIE that answered. D55: the average is rounded half up.
with partners as (select * from {{ ref('int_survey__partners') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

counts as (
    select
        reporting_year,
        plie_code,
        1 as responding_plie,
        partner_companies
    from partners
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'plie_code', [], ['responding_plie', 'partner_companies']
    ) }}
),

final as (
    select
        summed.*,
        {{ per_respondent('summed.partner_companies', 'summed.responding_plie') }} as partner_companies_per_plie,
        dim_territory.territory_name
    from summed
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
