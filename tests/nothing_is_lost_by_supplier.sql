-- The same identity for each supplier, year and table: rows kept are the rows in the facts, rows excluded are the rows in
-- exclusions, by reason.
with accounted as (
    select
        reporting_year,
        supplier_code,
        source_table,
        sum(rows_kept) as rows_kept,
        sum(rows_excluded) as rows_excluded
    from {{ ref('row_accounting') }}
    where
        reporting_year is not null
        and source_table in ('participants', 'steps', 'exits', 'hours')
    group by reporting_year, supplier_code, source_table
),

excluded as (
    select
        reporting_year,
        supplier_code,
        source_table,
        count(*) as row_count
    from {{ ref('exclusions') }}
    where reporting_year is not null
    group by reporting_year, supplier_code, source_table
),

in_facts as (
    select
        reporting_year,
        plie_code as supplier_code,
        'participants' as source_table
    from {{ ref('fct_parcours') }}
    union all
    select
        reporting_year,
        plie_code as supplier_code,
        'exits' as source_table
    from {{ ref('fct_parcours') }}
    where is_in_stock and exit_date is not null
    union all
    select
        reporting_year,
        plie_code as supplier_code,
        'exits' as source_table
    from {{ ref('fct_exits') }}
    union all
    select
        reporting_year,
        plie_code as supplier_code,
        'steps' as source_table
    from {{ ref('fct_steps') }}
    union all
    select
        reporting_year,
        structure_code as supplier_code,
        'hours' as source_table
    from {{ ref('fct_clause_hours') }}
    where is_counted
),

facts as (
    select
        reporting_year,
        supplier_code,
        source_table,
        count(*) as row_count
    from in_facts
    group by reporting_year, supplier_code, source_table
)

select
    coalesce(accounted.reporting_year, facts.reporting_year) as reporting_year,
    coalesce(accounted.supplier_code, facts.supplier_code) as supplier_code,
    coalesce(accounted.source_table, facts.source_table) as source_table,
    accounted.rows_kept,
    facts.row_count as in_facts,
    accounted.rows_excluded,
    excluded.row_count as in_exclusions
from accounted
full outer join facts using (reporting_year, supplier_code, source_table)
left join excluded using (reporting_year, supplier_code, source_table)
where
    coalesce(accounted.rows_kept, -1) <> coalesce(facts.row_count, 0)
    or coalesce(accounted.rows_excluded, -1) <> coalesce(excluded.row_count, 0)
