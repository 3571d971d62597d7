-- Each delivered row of the survey, kept or excluded for one reason: the row acceptance (D1B), then an amount below zero (D54).
with acceptance as (
    {{ row_acceptance(
        {
            'survey_funding': ref('stg_survey__survey_funding'),
            'survey_allocations': ref('stg_survey__survey_allocations'),
            'survey_teams': ref('stg_survey__survey_teams'),
            'survey_partners': ref('stg_survey__survey_partners'),
            'survey_external_referents': ref('stg_survey__survey_external_referents'),
        },
        ref('int_network__years'),
        'plie_code',
        refused_as='source_table'
    ) }}
),

amounts as (
    select
        source_table,
        source_file,
        source_row,
        amount_eur
    from {{ ref('stg_survey__survey_funding') }}
    union all
    select
        source_table,
        source_file,
        source_row,
        amount_eur
    from {{ ref('stg_survey__survey_allocations') }}
),

final as (
    select
        acceptance.source_table,
        acceptance.source_file,
        acceptance.source_row,
        acceptance.reporting_year,
        coalesce(acceptance.supplier_code, {{ unknown_code() }}) as supplier_code,
        acceptance.record_key,
        acceptance.is_contradictory,
        case
            when acceptance.reason_code is not null then acceptance.reason_code
            when amounts.amount_eur < 0 then {{ reason('montant_negatif') }}
        end as reason_code
    from acceptance
    left join amounts using (source_table, source_file, source_row)
)

select * from final
