-- Each check of the reference list, for each supplier and year. A check says "not delivered" where there was nothing to look
-- at, and "not applicable" where its base is empty: neither is a pass.
with checks as (select * from {{ ref('quality_checks') }}),

plie as (select * from {{ ref('dim_plie') }}),

structures as (select * from {{ ref('dim_clause_structure') }}),

plie_years as (select * from {{ ref('int_plie__years') }}),

clause_years as (select * from {{ ref('int_clause__years') }}),

row_accounting as (select * from {{ ref('row_accounting') }}),

excluded_rows as (select * from {{ ref('exclusions') }}),

rejected_rows as (select * from {{ ref('rejected_rows') }}),

parcours as (select * from {{ ref('fct_parcours') }}),

parcours_profiles as (select * from {{ ref('int_plie__parcours_profiles') }}),

exits as (select * from {{ ref('fct_exits') }}),

beneficiary_profiles as (select * from {{ ref('int_clause__beneficiary_profiles') }}),

staged_hours as (select * from {{ ref('stg_clause__hours') }}),

hours_accounting as (select * from {{ ref('clause_hours_accounting') }}),

cross_checks as (select * from {{ ref('clause_cross_checks') }}),

intake as (select * from {{ ref('stg_intake__check_results') }}),

proofs as (
    select declared_class
    from {{ ref('reclassification_reasons') }}
    group by declared_class
),

-- What the network head delivers is one delivery of its kind, whatever each row is about.
accounting as (
    select
        reporting_year,
        {{ checked_supplier() }} as supplier_code,
        supplier_kind,
        source_table,
        rows_delivered
    from row_accounting
),

exclusions as (
    select
        reporting_year,
        {{ checked_supplier() }} as supplier_code,
        source_table,
        reason_code
    from excluded_rows
),

rejected as (
    select
        reporting_year,
        {{ checked_supplier() }} as supplier_code,
        source_table,
        source_row,
        reason_code
    from rejected_rows
),

-- Whoever is expected to deliver, for each year that its kind has; of the network head, what it delivered.
suppliers as (
    select
        'plie' as supplier_kind,
        plie.plie_code as supplier_code,
        plie_years.reporting_year
    from plie
    cross join plie_years
    union all
    select
        'clause' as supplier_kind,
        structures.structure_code as supplier_code,
        clause_years.reporting_year
    from structures
    cross join clause_years
    union all
    select
        supplier_kind,
        supplier_code,
        reporting_year
    from accounting
    where
        supplier_kind in ('network', 'survey')
        and reporting_year is not null
    group by supplier_kind, supplier_code, reporting_year
),

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

deliveries as (
    select
        reporting_year,
        supplier_code,
        source_table,
        {{ count_sum('rows_delivered') }} as rows_delivered
    from accounting
    group by reporting_year, supplier_code, source_table
),

observations as (
    select
        reporting_year,
        supplier_code,
        source_table,
        'excluded' as subject_kind,
        reason_code as subject,
        count(*) as numerator,
        null as denominator
    from exclusions
    group by reporting_year, supplier_code, source_table, reason_code

    union all

    select
        reporting_year,
        supplier_code,
        source_table,
        'finding' as subject_kind,
        reason_code as subject,
        count(distinct source_row) as numerator,
        null as denominator
    from rejected
    group by reporting_year, supplier_code, source_table, reason_code

    union all

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
    inner join proofs on exits.declared_class = proofs.declared_class
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

    union all

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
    left join accounted_hours
        on
            delivered_hours.reporting_year = accounted_hours.reporting_year
            and delivered_hours.supplier_code = accounted_hours.supplier_code

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
        null as denominator
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
),

measured as (
    select
        suppliers.reporting_year,
        suppliers.supplier_kind,
        suppliers.supplier_code,
        checks.check_id,
        checks.source_table,
        checks.severity,
        checks.rule_id,
        deliveries.rows_delivered is not null as is_delivered,
        case when deliveries.rows_delivered is not null then coalesce(observations.numerator, 0) end as numerator,
        -- The base of a count of rows is the rows delivered; other observations bring their own, or have none.
        case
            when checks.is_share_of_rows then deliveries.rows_delivered
            when deliveries.rows_delivered is not null then coalesce(observations.denominator, 0)
        end as denominator,
        checks.threshold
    from suppliers
    inner join checks on suppliers.supplier_kind = checks.supplier_kind
    left join deliveries
        on
            suppliers.reporting_year = deliveries.reporting_year
            and suppliers.supplier_code = deliveries.supplier_code
            and checks.source_table = deliveries.source_table
    left join observations
        on
            suppliers.reporting_year = observations.reporting_year
            and suppliers.supplier_code = observations.supplier_code
            and checks.source_table = observations.source_table
            and checks.subject_kind = observations.subject_kind
            and checks.subject = observations.subject
),

judged as (
    select
        reporting_year,
        supplier_kind,
        supplier_code,
        check_id,
        source_table,
        severity,
        rule_id,
        case
            when not is_delivered then 'not_delivered'
            when denominator = 0 then 'not_applicable'
            when numerator <= threshold * denominator then 'pass'
            else 'fail'
        end as status,
        cast(numerator as bigint) as numerator,
        cast(denominator as bigint) as denominator,
        threshold
    from measured
),

-- What the intake found in the delivery that came last stands beside what the models found in the one in force.
final as (
    select * from judged
    union all
    select
        reporting_year,
        kind as supplier_kind,
        supplier_code,
        check_id,
        source_table,
        severity,
        rule_id,
        status,
        numerator,
        denominator,
        threshold
    from intake
)

select * from final
