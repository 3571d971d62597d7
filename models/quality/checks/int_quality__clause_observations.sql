-- What the checks count of the hours of a structure and year: profiles that are not known (D33), hours lost between the file
-- and the accounting and hours excluded (D42), and the findings of the cross-checks.
with checks as (select * from {{ ref('quality_checks') }}),

beneficiary_profiles as (select * from {{ ref('int_clause__beneficiary_profiles') }}),

staged_hours as (select * from {{ ref('stg_clause__hours') }}),

hours_accounting as (select * from {{ ref('clause_hours_accounting') }}),

cross_checks as (select * from {{ ref('clause_cross_checks') }}),

-- In hundredths of an hour.
delivered_hours as (
    select
        reporting_year,
        structure_code as supplier_code,
        count(*) as row_count,
        {{ hundredths('coalesce(sum(hours), 0)') }} as hours_hundredths
    from staged_hours
    group by reporting_year, structure_code
),

accounted_hours as (
    select
        reporting_year,
        supplier_code,
        {{ hundredths('sum(hours)') }} as hours_hundredths
    from hours_accounting
    group by reporting_year, supplier_code
),

final as (
    select
        reporting_year,
        structure_code as supplier_code,
        'beneficiaries' as source_table,
        'unknown_profile' as subject_kind,
        profile as subject,
        count(*) filter (where is_in_profile is null) as numerator,
        count(*) as denominator
    from beneficiary_profiles
    group by reporting_year, structure_code, profile

    union all

    -- Nothing is lost between the file and the accounting (D42).
    select
        delivered_hours.reporting_year,
        delivered_hours.supplier_code,
        'hours' as source_table,
        'identity' as subject_kind,
        'hours_conservation' as subject,
        abs(delivered_hours.hours_hundredths - coalesce(accounted_hours.hours_hundredths, 0)) as numerator,
        delivered_hours.row_count as denominator
    from delivered_hours
    left join accounted_hours using (reporting_year, supplier_code)

    union all

    select
        reporting_year,
        supplier_code,
        'hours' as source_table,
        'excluded_hours' as subject_kind,
        'hours' as subject,
        {{ hundredths('sum(abs(hours)) filter (where outcome_code <> ' ~ counted_outcome() ~ ')') }} as numerator,
        {{ hundredths('sum(abs(hours))') }} as denominator
    from hours_accounting
    group by reporting_year, supplier_code

    union all

    select
        cross_checks.reporting_year,
        cross_checks.supplier_code,
        checks.source_table,
        checks.subject_kind,
        checks.subject,
        count(*) as numerator,
        cast(null as bigint) as denominator
    from cross_checks
    inner join checks
        on
            cross_checks.cross_check_id = checks.subject
            and checks.subject_kind = 'cross_check'
    group by
        cross_checks.reporting_year,
        cross_checks.supplier_code,
        checks.source_table,
        checks.subject_kind,
        checks.subject
)

select * from final
