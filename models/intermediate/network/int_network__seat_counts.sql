-- D57: seats of board and bureau by the region and kind of the member that they represent.
with seats as (select * from {{ ref('int_network__board_seats') }}),

with_cut as (
    select
        seats.*,
        cuts.cut,
        {{ membership_cut_value('seats.membership', 'seats.member_type') }} as cut_value
    from seats
    cross join {{ membership_cuts() }}
),

seats_by_territory as (
    {{ rows_by_territory('with_cut', {'region': 'region_code'}) }}
),

final as (
    select
        reporting_year,
        territory_kind,
        territory_code,
        cut,
        cut_value,
        cast(count(*) as bigint) as board_seats,
        {{ count_where('is_bureau') }} as bureau_seats
    from seats_by_territory
    group by reporting_year, territory_kind, territory_code, cut, cut_value
)

select * from final
