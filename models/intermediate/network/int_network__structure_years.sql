-- D51: each structure and year that a register names (D50), with who takes part, who is covered (D52) and how many
-- facilitators it has. A PLIE that delivers or a structure that has facilitators without being in the register exists on no
-- day, and has no territory below the country.
with structures as (select * from {{ ref('int_network__structures') }}),

years as (select * from {{ ref('int_network__years') }}),

plie_deliveries as (select * from {{ ref('int_plie__deliveries') }}),

covered as (select * from {{ ref('int_network__covered_structures') }}),

facilitators as (select * from {{ ref('int_network__facilitators') }}),

active_structures as (
    select
        reporting_year,
        'plie' as structure_kind,
        plie_code as structure_code,
        true as is_participating,
        cast(null as integer) as headcount
    from plie_deliveries
    where is_accepted
    union all
    select
        reporting_year,
        'structure' as structure_kind,
        structure_code,
        false as is_participating,
        headcount
    from facilitators
),

active_in_years as (
    select active_structures.*
    from active_structures
    inner join years using (reporting_year)
),

final as (
    select
        coalesce(structures.reporting_year, active_in_years.reporting_year) as reporting_year,
        coalesce(structures.structure_kind, active_in_years.structure_kind) as structure_kind,
        coalesce(structures.structure_code, active_in_years.structure_code) as structure_code,
        structures.department_code,
        structures.region_code,
        structures.town,
        coalesce(structures.exists_on_1_jan, false) as exists_on_1_jan,
        coalesce(structures.exists_on_31_dec, false) as exists_on_31_dec,
        coalesce(structures.exists_in_year, false) as exists_in_year,
        coalesce(active_in_years.is_participating, false) as is_participating,
        covered.structure_code is not null as is_covered,
        active_in_years.headcount
    from structures
    full join active_in_years using (reporting_year, structure_kind, structure_code)
    left join covered
        on
            structures.reporting_year = covered.reporting_year
            and structures.structure_kind = covered.structure_kind
            and structures.structure_code = covered.structure_code
)

select * from final
