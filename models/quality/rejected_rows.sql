-- D1B: each bad cell or bad row of a delivery, with what is wrong and how to correct it; among them ages that cannot be (D59).
with dispositions as (select * from {{ ref('int_row_dispositions') }}),

reasons as (select * from {{ ref('quality_reasons') }}),

years as (
    select
        'plie' as supplier_kind,
        reporting_year
    from {{ ref('int_plie__years') }}
    union all
    select
        'clause' as supplier_kind,
        reporting_year
    from {{ ref('int_clause__years') }}
    union all
    select
        'survey' as supplier_kind,
        reporting_year
    from {{ ref('int_network__years') }}
),

cells as (select * from {{ ref('int_cell_findings') }}),

coordinates as (select * from {{ ref('int_network__coordinates') }}),

parcours as (select * from {{ ref('int_plie__parcours') }}),

-- The columns that tell a row of a table from the others of its supplier and year.
keys as (
    select
        source_table,
        {{ joined('column_name', ', ', 'key_position') }} as key_columns
    from {{ ref('delivered_columns') }}
    where key_position is not null
    group by source_table
),

-- What is wrong with a row as a whole: its year, its key, its repetition.
whole_rows as (
    select
        *,
        case
            when is_contradictory then {{ reason('cle_contradictoire') }}
            else reason_code
        end as finding
    from dispositions
    where
        is_contradictory
        or reason_code in ({{ reason('annee_non_prise_en_charge') }}, {{ reason('doublon') }})
),

findings as (
    select
        source_table,
        source_file,
        source_row,
        column_name,
        delivered_value,
        reason_code
    from cells
    union all
    -- D59: a year of birth that makes an age at which nobody enters.
    select
        'participants' as source_table,
        source_file,
        source_row,
        'birth_year' as column_name,
        cast(birth_year as {{ text_type() }}) as delivered_value,
        {{ reason('age_invraisemblable') }} as reason_code
    from parcours
    where has_implausible_age
    union all
    select
        source_table,
        source_file,
        source_row,
        'latitude, longitude' as column_name,
        concat_ws('/', coalesce(delivered_latitude, '?'), coalesce(delivered_longitude, '?')) as delivered_value,
        {{ reason('coordonnee_hors_france') }} as reason_code
    from coordinates
    where not is_in_france
    union all
    select
        whole_rows.source_table,
        whole_rows.source_file,
        whole_rows.source_row,
        case whole_rows.finding
            when {{ reason('annee_non_prise_en_charge') }} then 'reporting_year'
            else keys.key_columns
        end as column_name,
        case whole_rows.finding
            when {{ reason('annee_non_prise_en_charge') }} then cast(whole_rows.reporting_year as {{ text_type() }})
            else whole_rows.record_key
        end as delivered_value,
        whole_rows.finding as reason_code
    from whole_rows
    left join keys using (source_table)
),

final as (
    select
        dispositions.reporting_year,
        dispositions.supplier_kind,
        dispositions.supplier_code,
        findings.source_table,
        findings.source_file,
        findings.source_row,
        dispositions.record_key,
        findings.column_name,
        findings.delivered_value,
        findings.reason_code,
        reasons.rule_id,
        reasons.excludes_row as is_row_excluded,
        reasons.message_fr,
        reasons.remedy_fr
    from findings
    inner join dispositions using (source_table, source_file, source_row)
    left join reasons
        on
            findings.source_table = reasons.source_table
            and findings.reason_code = reasons.reason_code
    left join years
        on
            dispositions.supplier_kind = years.supplier_kind
            and dispositions.reporting_year = years.reporting_year
    -- Without a year in force no code list is: what such a row says is not judged cell by cell. A register names no year.
    where
        reasons.excludes_row
        or years.reporting_year is not null
        or dispositions.supplier_kind in ('network', 'activity')
)

select * from final
