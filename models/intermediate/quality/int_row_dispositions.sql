{{ config(materialized='view') }}
-- D1B, D42: every delivered row of every supplier, accepted or excluded for one reason.
with plie as (select * from {{ ref('int_plie__row_dispositions') }}),

clause as (select * from {{ ref('int_clause__row_dispositions') }}),

network as (select * from {{ ref('int_network__row_dispositions') }}),

survey as (select * from {{ ref('int_survey__row_dispositions') }}),

activity as (
    select
        source_table,
        source_file,
        source_row,
        reporting_year,
        supplier_code,
        record_key,
        is_contradictory,
        reason_code
    from {{ ref('int_activity__rows') }}
),

final as (
    select
        'plie' as supplier_kind,
        *
    from plie
    union all
    select
        'clause' as supplier_kind,
        *
    from clause
    union all
    select
        'network' as supplier_kind,
        *
    from network
    union all
    select
        'survey' as supplier_kind,
        *
    from survey
    union all
    select
        'activity' as supplier_kind,
        *
    from activity
)

select * from final
