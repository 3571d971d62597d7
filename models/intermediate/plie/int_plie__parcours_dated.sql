-- D02: each accepted parcours with the exit that closes it, and whether it is in course during the year. D01: one row per
-- parcours.
with acceptance as (select * from {{ ref('int_plie__row_acceptance') }}),

participants as (select * from {{ ref('stg_plie__participants') }}),

exit_links as (select * from {{ ref('int_plie__exit_links') }}),

years as (select * from {{ ref('int_plie__years') }}),

accepted as (
    {{ accepted_rows('participants', 'acceptance') }}
),

final as (
    select
        accepted.source_file,
        accepted.source_row,
        accepted.reporting_year,
        accepted.plie_code,
        accepted.participant_id,
        accepted.parcours_no,
        accepted.entry_date,
        exit_links.exit_date,
        accepted.sex,
        accepted.birth_year,
        accepted.education_level,
        accepted.jobseeker_months,
        accepted.is_rsa,
        accepted.is_other_minimum_income,
        accepted.is_disabled_worker,
        accepted.is_qpv_resident,
        accepted.referent_id,
        accepted.entry_date <= years.year_end
        and coalesce(exit_links.exit_date >= years.year_start, true) as is_in_year
    from accepted
    inner join years using (reporting_year)
    left join exit_links
        on
            {{ same_parcours('accepted', 'exit_links') }}
            and exit_links.link_reason is null
)

select * from final
