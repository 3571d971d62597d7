-- D30, D31, D32: accepted beneficiaries with their age in the year of their eligibility and the profiles that follow from the
-- parameters of the year. Unknown is not no: a comparison with a missing value is null.
with acceptance as (select * from {{ ref('int_clause__row_acceptance') }}),

beneficiaries as (select * from {{ ref('stg_clause__beneficiaries') }}),

years as (select * from {{ ref('int_clause__years') }}),

accepted as (
    {{ accepted_rows('beneficiaries', 'acceptance') }}
),

with_age as (
    select
        accepted.*,
        cast(extract(year from accepted.eligibility_validated_on) - accepted.birth_year as integer) as age_at_eligibility,
        years.senior_min_age,
        years.young_max_age,
        years.unqualified_max_level,
        years.low_qualified_max_level,
        years.long_term_unemployed_months
    from accepted
    inner join years using (reporting_year)
),

final as (
    select
        reporting_year,
        structure_code,
        beneficiary_id,
        eligibility_validated_on,
        age_at_eligibility,
        sex,
        birth_year,
        education_level,
        education_level <= unqualified_max_level as is_unqualified,
        education_level <= low_qualified_max_level as is_low_qualified,
        age_at_eligibility >= senior_min_age as is_senior,
        age_at_eligibility < young_max_age as is_young,
        jobseeker_months >= long_term_unemployed_months as is_long_term_unemployed,
        is_rsa,
        is_disabled_worker,
        is_qpv_resident
    from with_age
)

select * from final
