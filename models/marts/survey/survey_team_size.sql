-- D54: persons and ETP of each team, and their averages over the PLIE that gave that number; a PLIE may give only one of them.
-- D58: how many PLIE said who employs a team.
with teams as (select * from {{ ref('int_survey__teams') }}),

code_lists as (select * from {{ ref('code_lists') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

territories as (select * from {{ ref('int_plie__territories') }}),

respondents as (
    select
        reporting_year,
        plie_code
    from teams
    group by reporting_year, plie_code
),

listed_teams as (
    {{ listed_codes('code_lists', 'team') }}
),

-- D58: if no PLIE gives an employer for a team, the question was not asked: null, not 0.
asked_teams as (
    select distinct
        reporting_year,
        team
    from teams
    where employer_type is not null
),

counts as (
    select
        respondents.reporting_year,
        respondents.plie_code,
        listed_teams.cut_value as team,
        teams.headcount,
        teams.etp,
        cast(teams.headcount is not null or teams.etp is not null as integer) as responding_plie,
        cast(teams.headcount is not null as integer) as headcount_responding_plie,
        cast(teams.etp is not null as integer) as etp_responding_plie,
        case
            when asked_teams.team is not null then cast(teams.employer_type is not null as integer)
        end as employer_responding_plie
    from respondents
    cross join listed_teams
    left join teams
        on
            respondents.reporting_year = teams.reporting_year
            and respondents.plie_code = teams.plie_code
            and listed_teams.cut_value = teams.team
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
        summed.*,
        {{ per_respondent('summed.headcount', 'summed.headcount_responding_plie') }} as headcount_per_plie,
        {{ per_respondent('summed.etp', 'summed.etp_responding_plie') }} as etp_per_plie,
        listed_teams.cut_value_label_fr as team_label_fr,
        dim_territory.territory_name
    from summed
    inner join listed_teams on summed.team = listed_teams.cut_value
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
