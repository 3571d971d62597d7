{%- set tables = ['participants', 'steps', 'exits'] -%}
with verdicts as (select * from {{ ref('int_plie__row_verdicts') }}),

reasons as (select * from {{ ref('quality_reasons') }}),

years as (select * from {{ ref('int_parameters_by_year') }}),

{% for table in tables %}
{{ table }} as (select * from {{ ref('stg_plie__' ~ table) }}),
{% endfor %}
cells as (
    {%- for table in tables %}
    {{ cell_findings(table, table) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- What is wrong with a row as a whole: its year, its key, its repetition.
whole_rows as (
    select
        *,
        case
            when is_contradictory then {{ reason('cle_contradictoire') }}
            else reason_code
        end as finding
    from verdicts
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
    select
        source_table,
        source_file,
        source_row,
        case finding
            when {{ reason('annee_non_prise_en_charge') }} then 'reporting_year'
            else case source_table
                {%- for table in tables %}
                when '{{ table }}' then '{{ key_column_names(table) }}'
                {%- endfor %}
            end
        end as column_name,
        case finding
            when {{ reason('annee_non_prise_en_charge') }} then cast(reporting_year as varchar)
            else record_key
        end as delivered_value,
        finding as reason_code
    from whole_rows
),

final as (
    select
        verdicts.reporting_year,
        verdicts.supplier_code,
        findings.source_table,
        findings.source_file,
        findings.source_row,
        verdicts.record_key,
        findings.column_name,
        findings.delivered_value,
        findings.reason_code,
        reasons.rule_id,
        reasons.excludes_row as is_row_excluded,
        reasons.message_fr,
        reasons.remedy_fr
    from findings
    inner join verdicts
        on
            findings.source_table = verdicts.source_table
            and findings.source_file = verdicts.source_file
            and findings.source_row = verdicts.source_row
    left join reasons
        on
            findings.source_table = reasons.source_table
            and findings.reason_code = reasons.reason_code
    left join years on verdicts.reporting_year = years.reporting_year
    -- Without a year in force no code list is: what such a row says is not judged cell by cell.
    where
        reasons.excludes_row
        or years.reporting_year is not null
)

select * from final
