-- Each admitted parcours with the exit that closes it, and whether it is in course during the year (D02).
with door as (select * from {{ ref('int_plie__door') }}),

participants as (select * from {{ ref('stg_plie__participants') }}),

exit_links as (select * from {{ ref('int_plie__exit_links') }}),

years as (select * from {{ ref('int_plie__years') }}),

admitted as (
    {{ admitted_rows('participants', 'door') }}
),

final as (
    select
        admitted.source_file,
        admitted.source_row,
        admitted.reporting_year,
        admitted.plie_code,
        admitted.participant_id,
        admitted.parcours_no,
        admitted.entry_date,
        exit_links.exit_date,
        admitted.sex,
        admitted.birth_year,
        admitted.education_level,
        admitted.jobseeker_months,
        admitted.is_rsa,
        admitted.is_other_minimum_income,
        admitted.is_disabled_worker,
        admitted.is_qpv_resident,
        admitted.referent_id,
        admitted.entry_date <= years.year_end
        and coalesce(exit_links.exit_date >= years.year_start, true) as is_in_year
    from admitted
    inner join years on admitted.reporting_year = years.reporting_year
    left join exit_links
        on
            {{ same_parcours('admitted', 'exit_links') }}
            and exit_links.link_reason is null
)

select * from final
