-- Persons and ETP of each team, and their averages over the PLIE that gave that number (D54): a PLIE may know only one of them.
-- And how many said who employs it (D58).
with teams as (select * from {{ ref('stg_survey__survey_teams') }}),

dispositions as (select * from {{ ref('int_survey__row_dispositions') }}),

code_lists as (select * from {{ ref('code_lists') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

kept as (
    {{ accepted_rows('teams', 'dispositions') }}
),

respondents as (
    select
        reporting_year,
        plie_code
    from kept
    group by reporting_year, plie_code
),

listed_teams as (
    {{ listed_codes('code_lists', 'team') }}
),

-- Of a team of which nobody said who employs it, nobody was asked.
asked_teams as (
    select distinct
        reporting_year,
        team
    from kept
    where employer_type is not null
),

counts as (
    select
        respondents.reporting_year,
        respondents.plie_code,
        listed_teams.cut_value as team,
        kept.headcount,
        kept.fte as etp,
        cast(kept.headcount is not null or kept.fte is not null as integer) as responding_plie,
        cast(kept.headcount is not null as integer) as headcount_responding_plie,
        cast(kept.fte is not null as integer) as etp_responding_plie,
        case
            when asked_teams.team is not null then cast(kept.employer_type is not null as integer)
        end as employer_responding_plie
    from respondents
    cross join listed_teams
    left join kept
        on
            respondents.reporting_year = kept.reporting_year
            and respondents.plie_code = kept.plie_code
            and listed_teams.cut_value = kept.team
    left join asked_teams
        on
            respondents.reporting_year = asked_teams.reporting_year
            and listed_teams.cut_value = asked_teams.team
),

summed as (
    {{ sum_over_territories(
        'counts', 'territories', 'plie_code', ['team'],
        ['responding_plie', 'headcount', 'headcount_responding_plie', 'etp_responding_plie', 'employer_responding_plie'],
        decimals={'etp': 'decimal(14, 4)'}
    ) }}
),

final as (
    select
        summed.reporting_year,
        summed.territory_kind,
        summed.territory_code,
        summed.team,
        summed.responding_plie,
        summed.headcount,
        summed.headcount_responding_plie,
        {{ per_respondent('summed.headcount', 'summed.headcount_responding_plie') }} as headcount_per_plie,
        summed.etp,
        summed.etp_responding_plie,
        {{ per_respondent('summed.etp', 'summed.etp_responding_plie') }} as etp_per_plie,
        summed.employer_responding_plie,
        listed_teams.cut_value_label_fr as team_label_fr,
        dim_territory.territory_name
    from summed
    inner join listed_teams on summed.team = listed_teams.cut_value
    left join dim_territory
        on
            {{ same_territory('summed', 'dim_territory') }}
)

select * from final
