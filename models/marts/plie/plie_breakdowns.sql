-- D35: entries, parcours of the year and exits by sex, age at entry and level, each with its unknown, so that the values of a cut
-- add up. A person is counted once, with the first parcours of the population. Exits have their outcomes; others have none.
with parcours as (select * from {{ ref('fct_parcours') }}),

exits as (select * from {{ ref('fct_exits') }}),

populations as (select * from {{ ref('populations') }}),

code_lists as (select * from {{ ref('code_lists') }}),

education_levels as (select * from {{ ref('education_levels') }}),

age_bands as (select * from {{ ref('age_bands') }}),

parameters as (select * from {{ ref('parameters') }}),

years as (select * from {{ ref('int_plie__years') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

cut_values as (
    select
        code_list as cut,
        code as cut_value,
        label_fr
    from code_lists
    where code_list = 'sex'
    union all
    select
        'education_level' as cut,
        cast(level as {{ text_type() }}) as cut_value,
        {{ first_of('label_fr', 'display_order') }} as label_fr
    from education_levels
    group by level
    union all
    select
        cut,
        cut_value,
        label_fr
    from age_bands
),

all_values as (
    select * from cut_values
    union all
    select distinct
        cut,
        {{ unknown_code() }} as cut_value,
        {{ unknown_label() }} as label_fr
    from cut_values
),

-- The ages of each band, as the parameters of the year have them.
age_bounds as (
    select
        years.reporting_year,
        age_bands.cut,
        age_bands.cut_value,
        lowest.value as min_age,
        above.value as below_age
    from years
    cross join age_bands
    left join parameters as lowest
        on age_bands.min_parameter = lowest.name and {{ in_force('lowest', 'years.year_end') }}
    left join parameters as above
        on age_bands.below_parameter = above.name and {{ in_force('above', 'years.year_end') }}
),

age_cuts as (
    select distinct cut
    from age_bands
),

ranked_parcours as (
    select
        *,
        {{ is_first_parcours() }} as is_first_of_person,
        {{ is_first_parcours(['is_entry']) }} as is_first_entry,
        {{ is_first_parcours(['is_exit']) }} as is_first_exit
    from parcours
),

with_outcome as (
    select
        parcours.reporting_year,
        parcours.plie_code,
        parcours.sex,
        parcours.education_level,
        parcours.age_at_entry,
        parcours.is_entry,
        parcours.is_exit,
        parcours.is_in_stock,
        exits.is_positive,
        exits.is_neutralised,
        parcours.is_first_of_person,
        parcours.is_first_entry,
        parcours.is_first_exit
    from ranked_parcours as parcours
    left join exits using (reporting_year, plie_code, participant_id, parcours_no)
),

with_value as (
    select
        with_outcome.*,
        'sex' as cut,
        with_outcome.sex as cut_value
    from with_outcome
    union all
    select
        with_outcome.*,
        'education_level' as cut,
        cast(with_outcome.education_level as {{ text_type() }}) as cut_value
    from with_outcome
    union all
    select
        with_outcome.*,
        age_cuts.cut,
        age_bounds.cut_value
    from with_outcome
    cross join age_cuts
    left join age_bounds
        on
            with_outcome.reporting_year = age_bounds.reporting_year
            and age_cuts.cut = age_bounds.cut
            and with_outcome.age_at_entry >= coalesce(age_bounds.min_age, with_outcome.age_at_entry)
            and coalesce(with_outcome.age_at_entry < age_bounds.below_age, true)
),

in_population as (
    {%- for population, (condition, is_first) in {
        'in_parcours': ('is_exit or is_in_stock', 'is_first_of_person'),
        'entries': ('is_entry', 'is_first_entry'),
        'exits': ('is_exit', 'is_first_exit'),
    }.items() %}
    select
        reporting_year,
        plie_code,
        '{{ population }}' as population,
        cut,
        coalesce(cut_value, {{ unknown_code() }}) as cut_value,
        {{ is_first }} as is_first,
        is_positive,
        is_neutralised
    from with_value
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counted as (
    select
        reporting_year,
        plie_code,
        population,
        cut,
        cut_value,
        {{ count_where('is_first') }} as persons,
        cast(count(*) as bigint) as parcours,
        {{ count_where('is_positive') }} as positive_exits,
        {{ count_where('is_neutralised') }} as neutralised_exits
    from in_population
    group by reporting_year, plie_code, population, cut, cut_value
),

delivered as (
    select distinct
        reporting_year,
        plie_code
    from parcours
),

scaffold as (
    select
        delivered.reporting_year,
        delivered.plie_code,
        populations.population,
        all_values.cut,
        all_values.cut_value
    from delivered
    cross join populations
    cross join all_values
    where populations.population <> 'stock'
),

counts as (
    select
        scaffold.*,
        coalesce(counted.persons, 0) as persons,
        coalesce(counted.parcours, 0) as parcours,
        case when scaffold.population = 'exits' then coalesce(counted.positive_exits, 0) end as positive_exits,
        case when scaffold.population = 'exits' then coalesce(counted.neutralised_exits, 0) end as neutralised_exits
    from scaffold
    left join counted using (reporting_year, plie_code, population, cut, cut_value)
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'plie_code', ['population', 'cut', 'cut_value'],
        ['persons', 'parcours', 'positive_exits', 'neutralised_exits']
    ) }}
),

with_totals as (
    select
        *,
        -- Null for a population that has no outcomes.
        parcours - neutralised_exits as exits_excluding_neutralised,
        cast(sum(persons) over population_of_territory as bigint) as persons_total,
        cast(sum(parcours) over population_of_territory as bigint) as parcours_total
    from summed
    window population_of_territory as (partition by reporting_year, territory_kind, territory_code, population, cut)
),

final as (
    select
        with_totals.*,
        {{ rate('with_totals.persons', 'with_totals.persons_total') }} as share_of_persons,
        {{ rate('with_totals.parcours', 'with_totals.parcours_total') }} as share_of_parcours,
        {{ rate('with_totals.positive_exits', 'with_totals.parcours') }} as positive_rate_raw,
        {{ rate('with_totals.positive_exits', 'with_totals.exits_excluding_neutralised') }} as positive_rate_neutralised,
        dim_territory.territory_name,
        populations.label_fr as population_label_fr,
        all_values.label_fr as cut_value_label_fr
    from with_totals
    left join dim_territory using (territory_kind, territory_code)
    left join populations using (population)
    left join all_values using (cut, cut_value)
)

select * from final
