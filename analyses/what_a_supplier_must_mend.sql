-- What one PLIE is asked to mend, in the words that it is told: bad cells, excluded rows, exits without proof.
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
)

select *
from findings
order by supplier_code, reporting_year, source_file, source_row
