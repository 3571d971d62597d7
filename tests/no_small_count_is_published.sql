-- Below the nation no count of persons under the threshold is shown, unless the national count is as small or is 0 by definition,
-- so that readers know it anyway (D60).
with figures as (select * from {{ ref('int_disclosure__figures') }}),

statuses as (select * from {{ ref('int_disclosure__statuses') }}),

quantities as (select * from {{ ref('published_quantities') }}),

relations as (select * from {{ ref('additive_relations') }}),

years as (
    {{ years_with_parameters([ref('int_disclosure__figures')], {'min_cell': 'integer'}) | indent(4) }}
),

nation as (
    select *
    from figures
    where territory_kind = 'national'
)

select
    figures.reporting_year,
    figures.territory_kind,
    figures.territory_code,
    figures.mart,
    figures.cut,
    figures.cut_value,
    figures.measure
from figures
inner join statuses using (reporting_year, territory_kind, territory_code, mart, cut, cut_value, measure)
inner join quantities using (quantity)
inner join years using (reporting_year)
inner join nation using (reporting_year, mart, cut, cut_value, measure)
left join relations
    on
        relations.role = 'nul'
        and figures.mart = relations.mart
        and figures.cut = relations.cut
        and figures.measure = relations.measure
        and list_contains(string_split(relations.cut_values, '|'), figures.cut_value)
where
    quantities.counts_persons
    and figures.territory_kind <> 'national'
    and statuses.status = {{ publication_status('publie') }}
    and figures.measure_value < years.min_cell
    and nation.measure_value >= years.min_cell
    and relations.relation_id is null
