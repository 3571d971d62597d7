{%- set lot = 'reporting_year, structure_code, buyer_id, procurement_id, lot_no' -%}
-- D45: counted hours of the lots in which a company of the IAE has a role, of those whose companies are known. D44: counted hours
-- of the lots of each programme, of all. D40: ETP come last.
with hours as (select * from {{ ref('int_clause__hours') }}),

lot_companies as (select * from {{ ref('int_clause__lot_companies') }}),

deliveries as (select * from {{ ref('int_clause__deliveries') }}),

years as (select * from {{ ref('int_clause__years') }}),

code_lists as (select * from {{ ref('code_lists') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_clause__territories') }}),

listed_roles as (
    {{ listed_codes('code_lists', 'company_role') }}
),

listed_programmes as (
    {{ listed_codes('code_lists', 'programme') }}
),

cut_values as (
    select
        'company_role' as cut,
        *
    from listed_roles
    union all
    select
        'company_role' as cut,
        {{ every_role() }} as cut_value,
        {{ every_role_label() }} as cut_value_label_fr
    union all
    select
        'programme' as cut,
        *
    from listed_programmes
    union all
    select
        'programme' as cut,
        {{ unknown_code() }} as cut_value,
        {{ unknown_label() }} as cut_value_label_fr
),

lot_hours as (
    select
        {{ lot }},
        {{ one_of('programme') }} as programme,
        {{ hours_sum('hours') }} as hours
    from hours
    where is_counted
    group by {{ lot }}
),

-- The lots of which the type of a company is known, whatever its role.
lots_with_companies as (
    select lot_hours.*
    from lot_hours
    inner join lot_companies using ({{ lot }})
    where
        lot_companies.company_role = {{ every_role() }}
        and lot_companies.is_iae is not null
),

structure_hours as (
    select
        lots.reporting_year,
        lots.structure_code,
        'company_role' as cut,
        cut_values.cut_value,
        sum(case when lot_companies.is_iae then lots.hours else 0 end) as hours,
        sum(lots.hours) as hours_known
    from lots_with_companies as lots
    inner join cut_values on cut_values.cut = 'company_role'
    left join lot_companies
        on
            lots.reporting_year = lot_companies.reporting_year
            and lots.structure_code = lot_companies.structure_code
            and lots.buyer_id = lot_companies.buyer_id
            and lots.procurement_id = lot_companies.procurement_id
            and lots.lot_no = lot_companies.lot_no
            and cut_values.cut_value = lot_companies.company_role
    group by lots.reporting_year, lots.structure_code, cut_values.cut_value
    union all
    select
        lots.reporting_year,
        lots.structure_code,
        'programme' as cut,
        cut_values.cut_value,
        sum(case when coalesce(lots.programme, {{ unknown_code() }}) = cut_values.cut_value then lots.hours else 0 end)
            as hours,
        sum(lots.hours) as hours_known
    from lot_hours as lots
    inner join cut_values on cut_values.cut = 'programme'
    group by lots.reporting_year, lots.structure_code, cut_values.cut_value
),

-- Every structure that delivered has every value: no hours are 0 hours, not a missing row.
counts as (
    select
        deliveries.reporting_year,
        deliveries.structure_code,
        cut_values.cut,
        cut_values.cut_value,
        coalesce(structure_hours.hours, 0) as hours,
        coalesce(structure_hours.hours_known, 0) as hours_known,
        case when structure_hours.hours > 0 then 1 else 0 end as structures
    from deliveries
    cross join cut_values
    left join structure_hours
        on
            deliveries.reporting_year = structure_hours.reporting_year
            and deliveries.structure_code = structure_hours.structure_code
            and cut_values.cut = structure_hours.cut
            and cut_values.cut_value = structure_hours.cut_value
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'structure_code', ['cut', 'cut_value'], ['structures'],
        decimals={'hours': 'decimal(14, 2)', 'hours_known': 'decimal(14, 2)'}
    ) }}
),

final as (
    select
        summed.*,
        years.hours_per_etp,
        {{ etp('summed.hours', 'years.hours_per_etp') }} as etp,
        {{ rate(hundredths('summed.hours'), hundredths('summed.hours_known')) }} as share_of_etp,
        cut_values.cut_value_label_fr,
        dim_territory.territory_name
    from summed
    inner join years using (reporting_year)
    inner join cut_values using (cut, cut_value)
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
