-- D57: the seats of the board that the register of a year lists, each with the kind and region of the member that it
-- represents. A qualified person represents no member, and is of no kind and no region.
with members as (select * from {{ ref('int_network__members') }}),

delivered as (select * from {{ ref('stg_network__board_seats') }}),

dispositions as (select * from {{ ref('int_network__row_dispositions') }}),

seats as (
    {{ accepted_rows('delivered', 'dispositions') }}
),

-- Seats are delivered with the members that they name: the delivery of members that is used for a year gives its seats too.
member_years as (
    select
        reporting_year,
        delivery_year
    from members
    group by reporting_year, delivery_year
),

final as (
    select
        member_years.reporting_year,
        seats.seat_no,
        seats.member_code,
        members.membership,
        members.member_type,
        members.region_code,
        seats.is_bureau,
        seats.delivery_year
    from member_years
    inner join seats using (delivery_year)
    left join members
        on
            member_years.reporting_year = members.reporting_year
            and seats.member_code = members.member_code
)

select * from final
