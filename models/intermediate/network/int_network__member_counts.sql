{%- set counts = [
    'members', 'previous_members', 'arrivals', 'departures', 'type_changes_in', 'type_changes_out', 'growth_base_members',
    'employer_members',
] -%}
-- D53: members on 31 December and how they came to be so many: arrivals, departures and, as counts of their own, changes of
-- kind. A member counts with its kind of the year where it is there or comes, and with that of the year before where it
-- leaves. D56: members of 31 December that are up to date with the employers' association.
with members as (select * from {{ ref('int_network__members') }}),

with_cut as (
    select
        members.*,
        cuts.cut,
        {{ membership_cut_value('members.membership', 'members.member_type') }} as current_value,
        {{ membership_cut_value('members.previous_membership', 'members.previous_member_type') }} as previous_value
    from members
    cross join {{ membership_cuts() }}
),

moves as (
    select
        reporting_year,
        region_code,
        cut,
        current_value as cut_value,
        is_member as members,
        false as previous_members,
        is_arrival as arrivals,
        is_departure and not was_member as departures,
        is_member and was_member and current_value <> previous_value as type_changes_in,
        false as type_changes_out,
        was_member_at_growth_base as growth_base_members,
        is_member and is_employer_member as employer_members
    from with_cut
    union all
    select
        reporting_year,
        region_code,
        cut,
        previous_value as cut_value,
        false as members,
        was_member as previous_members,
        false as arrivals,
        is_departure and was_member as departures,
        false as type_changes_in,
        is_member and was_member and current_value <> previous_value as type_changes_out,
        false as growth_base_members,
        false as employer_members
    from with_cut
),

moves_by_territory as (
    {{ rows_by_territory('moves', {'region': 'region_code'}) }}
),

final as (
    select
        {%- for count in counts %}
        {{ count_where(count) }} as {{ count }},
        {%- endfor %}
        reporting_year,
        territory_kind,
        territory_code,
        cut,
        cut_value
    from moves_by_territory
    group by reporting_year, territory_kind, territory_code, cut, cut_value
)

select * from final
