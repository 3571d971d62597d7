-- D58: the accepted answers of the survey about who employs the external referents.
with referents as (select * from {{ ref('stg_survey__survey_external_referents') }}),

dispositions as (select * from {{ ref('int_survey__row_dispositions') }}),

accepted as (
    {{ accepted_rows('referents', 'dispositions') }}
),

final as (
    select
        reporting_year,
        plie_code,
        employer_type,
        headcount,
        fte as etp
    from accepted
)

select * from final
