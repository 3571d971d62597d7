-- Women among the beneficiaries of each nature of marché, in persons and in hours, on known sex, with the number of unknown (D33,
-- D47).
with hours as (
    select *
    from {{ ref('fct_clause_hours') }}
    where is_counted
),

codes as (select * from {{ ref('stg_reference__codes') }}),

persons as (
    select
        reporting_year,
        nature,
        structure_code,
        beneficiary_id,
        sex,
        sum(hours) as hours
    from hours
    group by reporting_year, nature, structure_code, beneficiary_id, sex
),

counts as (
    select
        reporting_year,
        nature,
        {{ count_where("sex = 'femme'") }} as women,
        {{ count_where('sex is not null') }} as persons_known,
        {{ count_where('sex is null') }} as persons_unknown,
        {{ hours_where('hours', "sex = 'femme'") }} as hours_of_women,
        {{ hours_where('hours', 'sex is not null') }} as hours_known
    from persons
    group by reporting_year, nature
)

select
    counts.reporting_year,
    coalesce(codes.label_fr, {{ unknown_label() }}) as nature_fr,
    counts.women,
    counts.persons_known,
    counts.persons_unknown,
    {{ rate('counts.women', 'counts.persons_known') }} as share_of_persons,
    counts.hours_of_women,
    counts.hours_known,
    {{ rate(hundredths('counts.hours_of_women'), hundredths('counts.hours_known')) }} as share_of_hours
from counts
left join codes
    on
        codes.code_list = 'nature'
        and counts.nature = codes.code
order by counts.reporting_year asc, counts.hours_known desc
