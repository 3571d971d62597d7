-- D54: the accepted answers of the survey about partner companies.
with partners as (select * from {{ ref('stg_survey__survey_partners') }}),

dispositions as (select * from {{ ref('int_survey__row_dispositions') }}),

accepted as (
    {{ accepted_rows('partners', 'dispositions') }}
),

final as (
    select
        reporting_year,
        plie_code,
        partner_companies
    from accepted
)

select * from final
