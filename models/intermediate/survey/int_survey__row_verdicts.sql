-- The fate of each delivered row of the survey: what the door says, and that an amount is not below zero (D54).
with door as (
    {{ door(
        {
            'survey_funding': ref('stg_survey__survey_funding'),
            'survey_allocations': ref('stg_survey__survey_allocations'),
            'survey_teams': ref('stg_survey__survey_teams'),
            'survey_partners': ref('stg_survey__survey_partners'),
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
        door.source_table,
        door.source_file,
        door.source_row,
        door.reporting_year,
        coalesce(door.supplier_code, {{ unknown_code() }}) as supplier_code,
        door.record_key,
        door.is_contradictory,
        case
            when door.reason_code is not null then door.reason_code
            when amounts.amount_eur < 0 then {{ reason('montant_negatif') }}
        end as reason_code
    from door
    left join amounts
        on
            door.source_table = amounts.source_table
            and door.source_file = amounts.source_file
            and door.source_row = amounts.source_row
)

select * from final
