-- What the checks count of the facts of a PLIE and year: profiles that are not known (D33), declared exits without evidence
-- (D13), and how far the parcours are from stock plus exits (D04).
with parcours as (select * from {{ ref('fct_parcours') }}),

parcours_profiles as (select * from {{ ref('int_plie__parcours_profiles') }}),

exits as (select * from {{ ref('fct_exits') }}),

proofs as (
    select declared_class
    from {{ ref('reclassification_reasons') }}
    group by declared_class
),

final as (
    select
        reporting_year,
        plie_code as supplier_code,
        'participants' as source_table,
        'unknown_profile' as subject_kind,
        profile as subject,
        count(*) filter (where is_in_profile is null) as numerator,
        count(*) as denominator
    from parcours_profiles
    group by reporting_year, plie_code, profile

    union all

    select
        exits.reporting_year,
        exits.plie_code as supplier_code,
        'exits' as source_table,
        'unproven' as subject_kind,
        exits.declared_class as subject,
        count(*) filter (where exits.reclassification_reason is not null) as numerator,
        count(*) as denominator
    from exits
    inner join proofs using (declared_class)
    group by exits.reporting_year, exits.plie_code, exits.declared_class

    union all

    select
        reporting_year,
        plie_code as supplier_code,
        'participants' as source_table,
        'identity' as subject_kind,
        'stock_plus_exits' as subject,
        abs(count(*) - count(*) filter (where is_in_stock) - count(*) filter (where is_exit)) as numerator,
        count(*) as denominator
    from parcours
    group by reporting_year, plie_code
)

select * from final
