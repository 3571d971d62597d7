-- The national rows counted again by another road than the aggregates': from the delivered rows themselves, without bridge, cut
-- or sum over suppliers (D50 to D58); and every family of codes that readers see holds every code of its list.
with years as (select * from {{ ref('int_network__years') }}),

survey_rows as (
    select
        source_table,
        source_file,
        source_row
    from {{ ref('int_survey__row_dispositions') }}
    where reason_code is null
),

funding as (
    select
        rows_of.reporting_year,
        'survey_funding_mix' as mart,
        count(distinct rows_of.plie_code) as units,
        sum(rows_of.amount_eur) as total
    from {{ ref('stg_survey__survey_funding') }} as rows_of
    inner join survey_rows
        on
            rows_of.source_table = survey_rows.source_table
            and rows_of.source_file = survey_rows.source_file
            and rows_of.source_row = survey_rows.source_row
    group by rows_of.reporting_year
),

allocations as (
    select
        rows_of.reporting_year,
        'survey_allocation_mix' as mart,
        count(distinct rows_of.plie_code) as units,
        sum(rows_of.amount_eur) as total
    from {{ ref('stg_survey__survey_allocations') }} as rows_of
    inner join survey_rows
        on
            rows_of.source_table = survey_rows.source_table
            and rows_of.source_file = survey_rows.source_file
            and rows_of.source_row = survey_rows.source_row
    group by rows_of.reporting_year
),

partners as (
    select
        rows_of.reporting_year,
        'survey_partners' as mart,
        count(distinct rows_of.plie_code) as units,
        sum(rows_of.partner_companies) as total
    from {{ ref('stg_survey__survey_partners') }} as rows_of
    inner join survey_rows
        on
            rows_of.source_table = survey_rows.source_table
            and rows_of.source_file = survey_rows.source_file
            and rows_of.source_row = survey_rows.source_row
    group by rows_of.reporting_year
),

teams as (
    select
        rows_of.reporting_year,
        'survey_team_size/' || rows_of.team as mart,
        count(distinct rows_of.plie_code) filter (where coalesce(rows_of.headcount, rows_of.fte) is not null)
            as units,
        sum(rows_of.headcount) as total
    from {{ ref('stg_survey__survey_teams') }} as rows_of
    inner join survey_rows
        on
            rows_of.source_table = survey_rows.source_table
            and rows_of.source_file = survey_rows.source_file
            and rows_of.source_row = survey_rows.source_row
    where rows_of.team is not null
    group by rows_of.reporting_year, rows_of.team
),

employers as (
    select
        rows_of.reporting_year,
        'survey_team_size/employers/' || rows_of.team as mart,
        count(distinct rows_of.plie_code) as units,
        count(distinct rows_of.plie_code) as total
    from {{ ref('stg_survey__survey_teams') }} as rows_of
    inner join survey_rows
        on
            rows_of.source_table = survey_rows.source_table
            and rows_of.source_file = survey_rows.source_file
            and rows_of.source_row = survey_rows.source_row
    where
        rows_of.team is not null
        and rows_of.employer_type is not null
    group by rows_of.reporting_year, rows_of.team
),

members as (
    select
        members.reporting_year,
        'network_members' as mart,
        count(*) filter (where members.is_member) as units,
        count(*) filter (where members.is_member and members.was_member)
        + count(*) filter (where members.is_arrival and members.is_member) as total
    from {{ ref('int_network__members') }} as members
    group by members.reporting_year
),

employer_members as (
    select
        members.reporting_year,
        'network_members/employers' as mart,
        count(*) filter (where members.is_member and members.is_employer_member) as units,
        count(*) filter (where members.is_member and members.is_employer_member) as total
    from {{ ref('int_network__members') }} as members
    group by members.reporting_year
    having count(members.is_employer_member) > 0
),

board_seats as (
    select
        registers.reporting_year,
        'network_members/board' as mart,
        count(*) as units,
        case when count(rows_of.is_bureau) > 0 then count(*) filter (where rows_of.is_bureau) end as total
    from (
        select
            reporting_year,
            max(delivery_year) as delivery_year
        from {{ ref('int_network__members') }}
        group by reporting_year
    ) as registers
    inner join {{ ref('stg_network__board_seats') }} as rows_of on registers.delivery_year = rows_of.delivery_year
    inner join {{ ref('int_network__row_dispositions') }} as dispositions
        on
            rows_of.source_table = dispositions.source_table
            and rows_of.source_file = dispositions.source_file
            and rows_of.source_row = dispositions.source_row
    where dispositions.reason_code is null
    group by registers.reporting_year
),

existing as (
    select
        years.reporting_year,
        'network_coverage' as mart,
        count(*) filter (where structures.exists_on_31_dec) as units,
        count(*) filter (where structures.exists_in_year) as total
    from years
    inner join {{ ref('int_network__structures') }} as structures on years.reporting_year = structures.reporting_year
    where structures.structure_kind = 'plie'
    group by years.reporting_year
),

counted as (
    select * from funding
    union all
    select * from allocations
    union all
    select * from partners
    union all
    select * from teams
    union all
    select * from employers
    union all
    select * from members
    union all
    select * from employer_members
    union all
    select * from board_seats
    union all
    select * from existing
),

shown as (
    select
        reporting_year,
        'survey_funding_mix' as mart,
        responding_plie as units,
        amount_eur as total
    from {{ ref('survey_funding_mix') }}
    where
        territory_kind = 'national'
        and cut = {{ total_cut() }}
    union all
    select
        reporting_year,
        'survey_allocation_mix' as mart,
        responding_plie as units,
        amount_eur as total
    from {{ ref('survey_allocation_mix') }}
    where
        territory_kind = 'national'
        and cut = {{ total_cut() }}
    union all
    select
        reporting_year,
        'survey_partners' as mart,
        responding_plie as units,
        partner_companies as total
    from {{ ref('survey_partners') }}
    where territory_kind = 'national'
    union all
    select
        reporting_year,
        'survey_team_size/' || team as mart,
        responding_plie as units,
        headcount as total
    from {{ ref('survey_team_size') }}
    where
        territory_kind = 'national'
        and responding_plie > 0
    union all
    select
        reporting_year,
        'survey_team_size/employers/' || team as mart,
        employer_responding_plie as units,
        employer_responding_plie as total
    from {{ ref('survey_team_size') }}
    where
        territory_kind = 'national'
        and employer_responding_plie is not null
    union all
    select
        reporting_year,
        'network_members' as mart,
        members as units,
        members as total
    from {{ ref('network_members') }}
    where
        territory_kind = 'national'
        and cut = {{ total_cut() }}
    union all
    select
        reporting_year,
        'network_members/employers' as mart,
        employer_members as units,
        employer_members as total
    from {{ ref('network_members') }}
    where
        territory_kind = 'national'
        and cut = {{ total_cut() }}
        and employer_members is not null
    union all
    select
        reporting_year,
        'network_members/board' as mart,
        board_seats as units,
        bureau_seats as total
    from {{ ref('network_members') }}
    where
        territory_kind = 'national'
        and cut = {{ total_cut() }}
        and board_seats is not null
    union all
    select
        reporting_year,
        'network_coverage' as mart,
        plie_existing_31_dec as units,
        plie_existing_in_year as total
    from {{ ref('network_coverage') }}
    where territory_kind = 'national'
)

select
    coalesce(cast(counted.reporting_year as varchar), cast(shown.reporting_year as varchar)) as subject,
    coalesce(counted.mart, shown.mart) as mart,
    cast(counted.total as varchar) as expected,
    cast(shown.total as varchar) as found
from counted
full outer join shown
    on
        counted.reporting_year = shown.reporting_year
        and counted.mart = shown.mart
where
    (counted.units is distinct from shown.units and coalesce(counted.units, 0) > 0)
    or counted.total is distinct from shown.total
union all
select
    code_lists.code_list || '/' || code_lists.code as subject,
    'code_groups' as mart,
    'a family' as expected,
    'none' as found
from {{ ref('code_lists') }} as code_lists
left join {{ ref('code_groups') }} as code_groups
    on
        code_lists.code_list = code_groups.code_list
        and code_lists.code = code_groups.code
where
    code_groups.code is null
    and code_lists.code_list in (select grouped.code_list from {{ ref('code_groups') }} as grouped)
