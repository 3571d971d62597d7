-- D58: external referents by their employer, of the PLIE that gave the persons of a known employer; shares are of those persons.
with referents as (select * from {{ ref('int_survey__external_referents') }}),

code_lists as (select * from {{ ref('code_lists') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

listed_employers as (
    {{ listed_codes('code_lists', 'operator_type') }}
),

answers as (
    select *
    from referents
    where
        employer_type is not null
        and headcount is not null
),

bases as (
    select
        reporting_year,
        plie_code,
        sum(headcount) as headcount_total
    from answers
    group by reporting_year, plie_code
),

counts as (
    select
        bases.reporting_year,
        bases.plie_code,
        listed_employers.cut_value as employer_type,
        1 as responding_plie,
        coalesce(answers.headcount, 0) as headcount,
        bases.headcount_total,
        -- Nobody is employed by whom a PLIE does not name; how much those work whom it names it may leave out.
        case when answers.plie_code is null then 0 else answers.etp end as etp
    from bases
    cross join listed_employers
    left join answers
        on
            bases.reporting_year = answers.reporting_year
            and bases.plie_code = answers.plie_code
            and listed_employers.cut_value = answers.employer_type
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'plie_code', ['employer_type'], ['responding_plie', 'headcount', 'headcount_total'],
        decimals={'etp': 'decimal(14, 4)'}
    ) }}
),

final as (
    select
        summed.*,
        {{ rate('summed.headcount', 'summed.headcount_total') }} as share_of_headcount,
        listed_employers.cut_value_label_fr as employer_type_label_fr,
        dim_territory.territory_name
    from summed
    inner join listed_employers on summed.employer_type = listed_employers.cut_value
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
