-- D53: each member that the register of a year names, whether it is there on 31 December, came or left in the year, and its
-- kind of the year before. That kind is read in the last register before, where there is one: a register says what a member
-- is, not since when. D56: whether the register of the year says that it is up to date with the employers' association.
with years as (select * from {{ ref('int_network__years') }}),

delivered as (select * from {{ ref('stg_network__members') }}),

dispositions as (select * from {{ ref('int_network__row_dispositions') }}),

members as (
    {{ accepted_rows('delivered', 'dispositions') }}
),

member_years as (
    {{ register_of_year('members', 'years') }}
),

earlier_years as (
    select
        member_years.reporting_year,
        max(members.delivery_year) as delivery_year
    from member_years
    inner join members on member_years.reporting_year > members.delivery_year
    group by member_years.reporting_year
),

with_presence as (
    select
        member_years.reporting_year,
        members.member_code,
        members.membership,
        members.member_type,
        coalesce(earlier.membership, members.membership) as previous_membership,
        coalesce(earlier.member_type, members.member_type) as previous_member_type,
        members.region_code,
        members.is_employer_member,
        member_years.delivery_year,
        {{ exists_on('members.joined_on', 'members.left_on', 'member_years.year_end') }} as is_member,
        {{ exists_on(
            'members.joined_on', 'members.left_on', last_day_of_year('member_years.reporting_year - 1')
        ) }} as was_member,
        {{ exists_on(
            'members.joined_on', 'members.left_on',
            last_day_of_year('member_years.reporting_year - years.membership_growth_years')
        ) }} as was_member_at_growth_base,
        {{ exists_within(
            'members.joined_on', 'members.left_on', 'member_years.year_start', 'member_years.year_end'
        ) }} as is_member_in_year
    from member_years
    inner join years using (reporting_year)
    inner join members using (delivery_year)
    left join earlier_years using (reporting_year)
    left join members as earlier
        on
            earlier_years.delivery_year = earlier.delivery_year
            and members.member_code = earlier.member_code
),

final as (
    select
        reporting_year,
        member_code,
        membership,
        member_type,
        previous_membership,
        previous_member_type,
        region_code,
        is_employer_member,
        delivery_year,
        is_member,
        was_member,
        was_member_at_growth_base,
        not was_member and is_member_in_year as is_arrival,
        -- Who leaves on 1 January was there the day before, and on no day of the year.
        (was_member or is_member_in_year) and not is_member as is_departure
    from with_presence
)

select * from final
