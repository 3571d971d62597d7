{%- set keys = ['reporting_year', 'territory_kind', 'territory_code', 'cut', 'cut_value'] -%}
{%- set moves = [
    'members', 'previous_members', 'arrivals', 'departures', 'type_changes_in', 'type_changes_out', 'growth_base_members',
] -%}
-- D53: net change is arrivals less departures, and changes of kind are counted separately. D56: members that are up to date with
-- the employers' association. D57: seats of board and bureau.
with member_counts as (select * from {{ ref('int_network__member_counts') }}),

seat_counts as (select * from {{ ref('int_network__seat_counts') }}),

delivered_kinds as (select * from {{ ref('int_network__delivered_kinds') }}),

code_lists as (select * from {{ ref('code_lists') }}),

dim_territory as (select * from {{ ref('dim_territory') }}),

counted_keys as (
    select {{ keys | join(', ') }} from member_counts
    union
    select {{ keys | join(', ') }} from seat_counts
),

territories as (
    select distinct
        reporting_year,
        territory_kind,
        territory_code
    from counted_keys
),

cut_values as (
    select distinct
        cut,
        cut_value
    from counted_keys
),

-- A kind that the network has is 0 where no member is of it, and null where the register of the year does not give it.
with_zeros as (
    select
        {%- for move in moves %}
        coalesce(member_counts.{{ move }}, 0) as {{ move }},
        {%- endfor %}
        case when kinds.has_employer_members then coalesce(member_counts.employer_members, 0) end as employer_members,
        case when kinds.has_board_seats then coalesce(seat_counts.board_seats, 0) end as board_seats,
        case when kinds.has_bureau_seats then coalesce(seat_counts.bureau_seats, 0) end as bureau_seats,
        territories.reporting_year,
        territories.territory_kind,
        territories.territory_code,
        cut_values.cut,
        cut_values.cut_value
    from territories
    cross join cut_values
    left join delivered_kinds as kinds using (reporting_year)
    {%- for counts in ['member_counts', 'seat_counts'] %}
    left join {{ counts }}
        on
            territories.reporting_year = {{ counts }}.reporting_year
            and territories.territory_kind = {{ counts }}.territory_kind
            and territories.territory_code = {{ counts }}.territory_code
            and cut_values.cut = {{ counts }}.cut
            and cut_values.cut_value = {{ counts }}.cut_value
    {%- endfor %}
),

codes as (
    select
        code_list,
        code,
        label_fr
    from code_lists
    union all
    select
        listed.code_list,
        {{ unknown_code() }} as code,
        {{ unknown_label() }} as label_fr
    from (values ('membership'), ('member_type')) as listed (code_list)
),

-- Codes that are listed for several periods have one label.
code_labels as (
    select
        code_list,
        code,
        min(label_fr) as label_fr
    from codes
    group by code_list, code
),

cut_labels as (
    select
        cuts.cut,
        {{ membership_cut_value('memberships.code', 'member_types.code') }} as cut_value,
        case cuts.cut
            when {{ total_cut() }} then {{ total_label() }}
            when 'membership' then memberships.label_fr
            else memberships.label_fr || ', ' || member_types.label_fr
        end as cut_value_label_fr
    from code_labels as memberships
    cross join code_labels as member_types
    cross join {{ membership_cuts() }}
    where
        memberships.code_list = 'membership'
        and member_types.code_list = 'member_type'
),

labels as (select distinct * from cut_labels),

final as (
    select
        with_zeros.*,
        with_zeros.arrivals - with_zeros.departures as net_change,
        with_zeros.members - with_zeros.previous_members as members_change,
        with_zeros.members - with_zeros.growth_base_members as growth_members,
        cast({{ rate('with_zeros.members', 'with_zeros.growth_base_members') }} - 1 as decimal(9, 6)) as growth_rate,
        labels.cut_value_label_fr,
        dim_territory.territory_name
    from with_zeros
    inner join labels
        on
            with_zeros.cut = labels.cut
            and with_zeros.cut_value = labels.cut_value
    left join dim_territory using (territory_kind, territory_code)
)

select * from final
