{%- set staged = {
    'participants': ref('stg_plie__participants'),
    'steps': ref('stg_plie__steps'),
    'exits': ref('stg_plie__exits'),
    'procurements': ref('stg_clause__procurements'),
    'beneficiaries': ref('stg_clause__beneficiaries'),
    'work_contracts': ref('stg_clause__work_contracts'),
    'hours': ref('stg_clause__hours'),
    'clause_structures': ref('stg_network__clause_structures'),
    'facilitators': ref('stg_network__facilitators'),
    'plie_register': ref('stg_network__plie_register'),
    'mde_register': ref('stg_network__mde_register'),
    'members': ref('stg_network__members'),
    'member_structures': ref('stg_network__member_structures'),
    'intermediate_bodies': ref('stg_network__intermediate_bodies'),
    'board_seats': ref('stg_network__board_seats'),
    'survey_funding': ref('stg_survey__survey_funding'),
    'survey_allocations': ref('stg_survey__survey_allocations'),
    'survey_teams': ref('stg_survey__survey_teams'),
    'survey_partners': ref('stg_survey__survey_partners'),
} -%}
-- D1B: each bad cell or bad row of a delivery, with what is wrong and how to correct it.
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

cells as (
    {%- for table, relation in staged.items() %}
    {{ cell_findings(relation, table) }}
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
    select
        source_table,
        source_file,
        source_row,
        case finding
            when {{ reason('annee_non_prise_en_charge') }} then 'reporting_year'
            else case source_table
                {%- for table in staged %}
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
    inner join dispositions
        on
            findings.source_table = dispositions.source_table
            and findings.source_file = dispositions.source_file
            and findings.source_row = dispositions.source_row
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
        or dispositions.supplier_kind = 'network'
)

select * from final
