{%- set moves = [
    'members', 'previous_members', 'arrivals', 'departures', 'type_changes_in', 'type_changes_out', 'growth_base_members',
] -%}
{%- set flags = moves + ['employer_members', 'board_seats', 'bureau_seats'] -%}
-- Members on 31 December and how they came to be so many: arrivals, departures and, apart, changes of kind (D53). A member
-- counts with its kind of the year where it is there or comes, and with that of the year before where it leaves. Beside them
-- those of the members that are up to date with the employers' association (D56), and the seats of board and bureau (D57).
with members as (select * from {{ ref('int_network__members') }}),

seats as (select * from {{ ref('int_network__board_seats') }}),

codes as (select * from {{ ref('stg_reference__codes') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

named as (
    select
        *,
        coalesce(membership, {{ unknown_code() }}) as membership_value,
        coalesce(previous_membership, {{ unknown_code() }}) as previous_membership_value,
        coalesce(member_type, {{ unknown_code() }}) as type_value,
        coalesce(previous_member_type, {{ unknown_code() }}) as previous_type_value
    from members
),

named_seats as (
    select
        *,
        coalesce(membership, {{ unknown_code() }}) as membership_value,
        coalesce(member_type, {{ unknown_code() }}) as type_value
    from seats
),

cuts as (
    select
        {{ total_cut() }} as cut,
        {{ total_cut() }} as cut_value,
        {{ total_cut() }} as previous_value,
        *
    from named
    union all
    select
        'membership' as cut,
        membership_value as cut_value,
        previous_membership_value as previous_value,
        *
    from named
    union all
    select
        'membership_type' as cut,
        membership_value || '/' || type_value as cut_value,
        previous_membership_value || '/' || previous_type_value as previous_value,
        *
    from named
),

seat_cuts as (
    select
        {{ total_cut() }} as cut,
        {{ total_cut() }} as cut_value,
        *
    from named_seats
    union all
    select
        'membership' as cut,
        membership_value as cut_value,
        *
    from named_seats
    union all
    select
        'membership_type' as cut,
        membership_value || '/' || type_value as cut_value,
        *
    from named_seats
),

moves as (
    select
        reporting_year,
        region_code,
        cut,
        cut_value,
        is_member as members,
        false as previous_members,
        is_arrival as arrivals,
        is_departure and not was_member as departures,
        is_member and was_member and cut_value <> previous_value as type_changes_in,
        false as type_changes_out,
        was_member_at_growth_base as growth_base_members,
        is_member and is_employer_member as employer_members,
        false as board_seats,
        false as bureau_seats
    from cuts
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
        is_member and was_member and cut_value <> previous_value as type_changes_out,
        false as growth_base_members,
        false as employer_members,
        false as board_seats,
        false as bureau_seats
    from cuts
    union all
    select
        reporting_year,
        region_code,
        cut,
        cut_value,
        {%- for move in moves %}
        false as {{ move }},
        {%- endfor %}
        false as employer_members,
        true as board_seats,
        is_bureau as bureau_seats
    from seat_cuts
),

placed as (
    select
        'region' as territory_kind,
        region_code as territory_code,
        *
    from moves
    where region_code is not null
    union all
    select
        'national' as territory_kind,
        'FR' as territory_code,
        *
    from moves
),

counted as (
    select
        {%- for flag in flags %}
        {{ count_where(flag) }} as {{ flag }},
        {%- endfor %}
        reporting_year,
        territory_kind,
        territory_code,
        cut,
        cut_value
    from placed
    group by reporting_year, territory_kind, territory_code, cut, cut_value
),

territories as (
    select
        reporting_year,
        territory_kind,
        territory_code
    from counted
    group by reporting_year, territory_kind, territory_code
),

cut_values as (
    select
        cut,
        cut_value
    from counted
    group by cut, cut_value
),

-- What the register of a year says at all: without it a count is unknown.
said_of_members as (
    select
        reporting_year,
        bool_or(is_employer_member is not null) as employer_members
    from members
    group by reporting_year
),

said_of_seats as (
    select
        reporting_year,
        true as board_seats,
        bool_or(is_bureau is not null) as bureau_seats
    from seats
    group by reporting_year
),

-- A kind that the network has is 0 where nobody is of it.
filled as (
    select
        {%- for move in moves %}
        coalesce(counted.{{ move }}, 0) as {{ move }},
        {%- endfor %}
        case when said_of_members.employer_members then coalesce(counted.employer_members, 0) end as employer_members,
        case when said_of_seats.board_seats then coalesce(counted.board_seats, 0) end as board_seats,
        case when said_of_seats.bureau_seats then coalesce(counted.bureau_seats, 0) end as bureau_seats,
        territories.reporting_year,
        territories.territory_kind,
        territories.territory_code,
        cut_values.cut,
        cut_values.cut_value
    from territories
    cross join cut_values
    left join counted
        on
            territories.reporting_year = counted.reporting_year
            and {{ same_territory('territories', 'counted') }}
            and cut_values.cut = counted.cut
            and cut_values.cut_value = counted.cut_value
    left join said_of_members on territories.reporting_year = said_of_members.reporting_year
    left join said_of_seats on territories.reporting_year = said_of_seats.reporting_year
),

kinds as (
    select
        code_list,
        code,
        min(label_fr) as label_fr
    from codes
    where code_list in ('membership', 'member_type')
    group by code_list, code
    union all
    select
        listed.code_list,
        {{ unknown_code() }} as code,
        {{ unknown_label() }} as label_fr
    from (values ('membership'), ('member_type')) as listed (code_list)
),

labels as (
    select
        {{ total_cut() }} as cut,
        {{ total_cut() }} as cut_value,
        {{ total_label() }} as cut_value_label_fr
    union all
    select
        'membership' as cut,
        code as cut_value,
        label_fr as cut_value_label_fr
    from kinds
    where code_list = 'membership'
    union all
    select
        'membership_type' as cut,
        memberships.code || '/' || member_types.code as cut_value,
        memberships.label_fr || ', ' || member_types.label_fr as cut_value_label_fr
    from kinds as memberships
    cross join kinds as member_types
    where
        memberships.code_list = 'membership'
        and member_types.code_list = 'member_type'
),

final as (
    select
        filled.reporting_year,
        filled.territory_kind,
        filled.territory_code,
        filled.cut,
        filled.cut_value,
        filled.members,
        filled.previous_members,
        filled.arrivals,
        filled.departures,
        filled.arrivals - filled.departures as net_change,
        filled.type_changes_in,
        filled.type_changes_out,
        filled.members - filled.previous_members as members_change,
        filled.growth_base_members,
        filled.members - filled.growth_base_members as growth_members,
        cast({{ rate('filled.members', 'filled.growth_base_members') }} - 1 as decimal(9, 6)) as growth_rate,
        filled.employer_members,
        filled.board_seats,
        filled.bureau_seats,
        labels.cut_value_label_fr,
        dim_territory.territory_name
    from filled
    inner join labels
        on
            filled.cut = labels.cut
            and filled.cut_value = labels.cut_value
    left join dim_territory
        on
            {{ same_territory('filled', 'dim_territory') }}
)

select * from final
