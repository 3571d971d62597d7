-- Each check of the reference list, for each supplier and year. A check says "not delivered" where there was nothing to look
-- at, and "not applicable" where its base is empty: neither is a pass.
with checks as (select * from {{ ref('quality_checks') }}),

plie as (select * from {{ ref('dim_plie') }}),

years as (select * from {{ ref('int_parameters_by_year') }}),

accounting as (select * from {{ ref('row_accounting') }}),

exclusions as (select * from {{ ref('exclusions') }}),

rejected as (select * from {{ ref('rejected_rows') }}),

parcours as (select * from {{ ref('fct_parcours') }}),

parcours_profiles as (select * from {{ ref('int_plie__parcours_profiles') }}),

exits as (select * from {{ ref('fct_exits') }}),

intake as (select * from {{ ref('stg_intake__check_results') }}),

proofs as (
    select declared_class
    from {{ ref('reclassification_reasons') }}
    group by declared_class
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
),

measured as (
    select
        years.reporting_year,
        plie.plie_code as supplier_code,
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
    from years
    cross join plie
    cross join checks
    left join deliveries
        on
            years.reporting_year = deliveries.reporting_year
            and plie.plie_code = deliveries.supplier_code
            and checks.source_table = deliveries.source_table
    left join observations
        on
            years.reporting_year = observations.reporting_year
            and plie.plie_code = observations.supplier_code
            and checks.source_table = observations.source_table
            and checks.subject_kind = observations.subject_kind
            and checks.subject = observations.subject
),

judged as (
    select
        reporting_year,
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
