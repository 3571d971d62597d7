-- Empty when the sample is built: nothing was taken in.
select
    kind,
    cast(reporting_year as integer) as reporting_year,
    supplier_code,
    check_id,
    source_table,
    severity,
    rule_id,
    status,
    cast(numerator as bigint) as numerator,
    cast(denominator as bigint) as denominator,
    cast(threshold as decimal(9, 6)) as threshold
from {{ source('intake', 'check_results') }}
