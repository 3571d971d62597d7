-- Each structure of the clause with its region: ETP, share of works, IAE among employers, women, hours for each full-time
-- facilitator. Set the variable `structure` to one code for one structure: --vars 'structure: CL-59-01'.
with hours_etp as (select * from {{ ref('clause_hours_etp') }}),

totals as (
    select *
    from hours_etp
    where cut = 'total'
),

works as (
    select *
    from hours_etp
    where
        cut = 'nature'
        and cut_value = 'travaux'
),

women as (
    select *
    from {{ ref('clause_beneficiary_profile') }}
    where profile = 'femme'
),

activity as (select * from {{ ref('clause_facilitator_activity') }}),

structures as (
    select *
    from {{ ref('dim_clause_structure') }}
    where is_registered
),

pairs as (
    select
        structure_code,
        'structure' as territory_kind,
        structure_code as territory_code
    from structures
    union all
    select
        structure_code,
        'region' as territory_kind,
        region_code as territory_code
    from structures
)

select
    totals.reporting_year,
    pairs.structure_code,
    totals.territory_kind,
    totals.territory_name,
    totals.hours_counted,
    totals.etp,
    works.share_of_etp as share_of_works,
    totals.share_employer_iae,
    women.share_of_known as share_of_women,
    women.beneficiaries_known,
    activity.facilitators_etp,
    activity.hours_per_facilitator_etp
from pairs
inner join totals using (territory_kind, territory_code)
inner join works using (reporting_year, territory_kind, territory_code)
inner join women using (reporting_year, territory_kind, territory_code)
left join activity using (reporting_year, territory_kind, territory_code)
{%- if var('structure', none) %}
where pairs.structure_code = '{{ var("structure") }}'
{%- endif %}
order by totals.reporting_year asc, pairs.structure_code asc, totals.territory_kind desc
