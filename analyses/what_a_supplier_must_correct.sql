-- What a supplier is asked to correct, in the words that it reads: bad cells, excluded rows, exits without proof, and what a
-- controller would ask.
with findings as (
    select
        reporting_year,
        supplier_code,
        source_file,
        source_row,
        column_name,
        delivered_value,
        message_fr,
        remedy_fr
    from {{ ref('rejected_rows') }}
    union all
    select
        reporting_year,
        supplier_code,
        source_file,
        source_row,
        null as column_name,
        record_key as delivered_value,
        message_fr,
        remedy_fr
    from {{ ref('exclusions') }}
    where rule_id <> 'D1B'
    union all
    select
        reporting_year,
        supplier_code,
        source_file,
        source_row,
        'exit_reason' as column_name,
        declared_class as delivered_value,
        message_fr,
        remedy_fr
    from {{ ref('exit_reclassifications') }}
    union all
    select
        reporting_year,
        supplier_code,
        null as source_file,
        null as source_row,
        cross_check_id as column_name,
        subject as delivered_value,
        explanation_fr as message_fr,
        remedy_fr
    from {{ ref('clause_cross_checks') }}
)

select *
from findings
order by supplier_code, reporting_year, source_file, source_row
