-- D01, D02: the parcours that count.
with parcours as (select * from {{ ref('int_plie__parcours') }}),

final as (
    select
        reporting_year,
        plie_code,
        participant_id,
        parcours_no,
        entry_date,
        exit_date,
        age_at_entry,
        sex,
        education_level,
        is_unqualified,
        is_low_qualified,
        is_senior,
        is_young,
        is_young_low_qualified,
        is_long_term_unemployed,
        is_rsa,
        is_other_minimum_income,
        receives_minimum_income,
        is_disabled_worker,
        is_qpv_resident,
        is_target_public,
        is_entry,
        is_exit,
        is_in_stock,
        referent_id
    from parcours
    where reason_code is null
)

select * from final
