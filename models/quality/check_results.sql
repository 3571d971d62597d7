-- D1B and the rules of quality_checks: each check of the reference list, for each supplier and year. A check is "not
-- delivered" where its table was not delivered, and "not applicable" where its base is empty, or where its table may lack from
-- what was delivered: neither is a pass.
with checks as (select * from {{ ref('quality_checks') }}),

delivered_tables as (select * from {{ ref('delivered_tables') }}),

plie as (select * from {{ ref('dim_plie') }}),

structures as (select * from {{ ref('dim_clause_structure') }}),

plie_years as (select * from {{ ref('int_plie__years') }}),

clause_years as (select * from {{ ref('int_clause__years') }}),

row_accounting as (select * from {{ ref('row_accounting') }}),

row_observations as (select * from {{ ref('int_quality__row_observations') }}),

plie_observations as (select * from {{ ref('int_quality__plie_observations') }}),

clause_observations as (select * from {{ ref('int_quality__clause_observations') }}),

network_observations as (select * from {{ ref('int_quality__network_observations') }}),

intake as (select * from {{ ref('stg_intake__check_results') }}),

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
        supplier_kind in ('network', 'survey', 'activity')
        and reporting_year is not null
    group by supplier_kind, supplier_code, reporting_year
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

heard as (
    select
        reporting_year,
        supplier_kind,
        supplier_code
    from accounting
    group by reporting_year, supplier_kind, supplier_code
),

observations as (
    select * from row_observations
    union all
    select * from plie_observations
    union all
    select * from clause_observations
    union all
    select * from network_observations
),

with_measure as (
    select
        suppliers.reporting_year,
        suppliers.supplier_kind,
        suppliers.supplier_code,
        checks.check_id,
        checks.source_table,
        checks.severity,
        checks.rule_id,
        deliveries.rows_delivered is not null as is_delivered,
        heard.supplier_code is not null and coalesce(delivered_tables.may_be_absent, false) as may_lack,
        case when deliveries.rows_delivered is not null then coalesce(observations.numerator, 0) end as numerator,
        -- The base of a count of rows is the rows delivered; other observations bring their own, or have none.
        case
            when checks.is_share_of_rows then deliveries.rows_delivered
            when deliveries.rows_delivered is not null then coalesce(observations.denominator, 0)
        end as denominator,
        checks.threshold
    from suppliers
    inner join checks using (supplier_kind)
    left join delivered_tables on checks.source_table = delivered_tables.source_table
    left join heard using (reporting_year, supplier_kind, supplier_code)
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

with_status as (
    select
        reporting_year,
        supplier_kind,
        supplier_code,
        check_id,
        source_table,
        severity,
        rule_id,
        case
            when not is_delivered and may_lack then 'not_applicable'
            when not is_delivered then 'not_delivered'
            when denominator = 0 then 'not_applicable'
            when numerator <= threshold * denominator then 'pass'
            else 'fail'
        end as status,
        cast(numerator as bigint) as numerator,
        cast(denominator as bigint) as denominator,
        threshold
    from with_measure
),

-- The checks of the intake are of the last delivery, those of the models of the delivery in force.
final as (
    select * from with_status
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
