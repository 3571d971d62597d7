-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B: one row per bad cell of a delivered row.
{{ config(materialized='view') }}
with final as (
    {{ cell_findings(
        ref('stg_plie__participants'),
        required=[
            'reporting_year', 'plie_code', 'participant_id', 'parcours_no', 'entry_date',
        ],
        codes=[
            'sex', 'education_level', 'labour_status_at_entry', 'nationality_group', 'housing_status',
        ],
        values=[
            'reporting_year', 'plie_code', 'parcours_no', 'entry_date', 'birth_year', 'jobseeker_months', 'is_rsa',
            'is_other_minimum_income', 'is_disabled_worker', 'is_qpv_resident', 'is_foreign_background', 'is_rural',
        ]
    ) }}
    union all
    {{ cell_findings(
        ref('stg_plie__steps'),
        required=[
            'reporting_year', 'plie_code', 'participant_id', 'parcours_no', 'step_id', 'step_type', 'start_date',
        ],
        codes=['step_type', 'contract_type', 'employer_type'],
        values=[
            'reporting_year', 'plie_code', 'parcours_no', 'start_date', 'end_date',
        ]
    ) }}
    union all
    {{ cell_findings(
        ref('stg_plie__exits'),
        required=[
            'reporting_year', 'plie_code', 'participant_id', 'parcours_no', 'exit_date', 'exit_reason',
        ],
        codes=[
            'exit_reason', 'contract_type', 'employer_category', 'naf_section', 'labour_status_at_exit',
        ],
        values=[
            'reporting_year', 'plie_code', 'parcours_no', 'exit_date', 'contract_start_date', 'contract_end_date',
            'validated_on', 'training_start_date', 'training_end_date', 'is_certifying', 'labour_status_on',
            'qualification_obtained_on',
        ]
    ) }}
    union all
    {{ cell_findings(
        ref('stg_plie__followups'),
        required=[
            'reporting_year', 'plie_code', 'participant_id', 'parcours_no', 'observed_on',
        ],
        codes=['labour_status'],
        values=[
            'reporting_year', 'plie_code', 'parcours_no', 'observed_on', 'is_improved',
        ]
    ) }}
    union all
    {{ cell_findings(
        ref('stg_clause__procurements'),
        required=[
            'reporting_year', 'structure_code', 'buyer_id', 'procurement_id', 'lot_no',
        ],
        codes=['buyer_type', 'nature', 'awardee_type'],
        values=[
            'reporting_year', 'structure_code', 'buyer_id', 'notified_on', 'hours_committed',
        ]
    ) }}
    union all
    {{ cell_findings(
        ref('stg_clause__beneficiaries'),
        required=['reporting_year', 'structure_code', 'beneficiary_id'],
        codes=['sex', 'education_level'],
        values=[
            'reporting_year', 'structure_code', 'birth_year', 'jobseeker_months', 'is_rsa', 'is_disabled_worker',
            'is_qpv_resident', 'eligibility_validated_on',
        ]
    ) }}
    union all
    {{ cell_findings(
        ref('stg_clause__work_contracts'),
        required=[
            'reporting_year', 'structure_code', 'work_contract_id', 'beneficiary_id', 'start_date',
        ],
        codes=['employer_type', 'contract_type'],
        values=['reporting_year', 'structure_code', 'start_date', 'end_date']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_clause__hours'),
        required=[
            'reporting_year', 'structure_code', 'work_contract_id', 'buyer_id', 'procurement_id', 'lot_no', 'month',
            'hours',
        ],
        codes=['proof'],
        values=['reporting_year', 'structure_code', 'buyer_id', 'month', 'hours']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__plie_register'),
        required=['plie_code', 'name'],
        codes=['department_code'],
        values=['plie_code', 'opened_on', 'closed_on', 'latitude', 'longitude']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__clause_structures'),
        required=['structure_code', 'name'],
        codes=['department_code'],
        values=['structure_code', 'opened_on', 'closed_on']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__facilitators'),
        required=['reporting_year', 'structure_code'],
        codes=[],
        values=['reporting_year', 'structure_code', 'headcount', 'fte']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__mde_register'),
        required=['mde_code', 'name'],
        codes=['department_code'],
        values=['mde_code', 'opened_on', 'closed_on', 'latitude', 'longitude']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__members'),
        required=['member_code', 'name'],
        codes=['membership', 'member_type', 'region_code'],
        values=['member_code', 'joined_on', 'left_on', 'is_employer_member']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__member_structures'),
        required=['member_code', 'structure_kind', 'structure_code'],
        codes=['structure_kind'],
        values=['member_code', 'structure_code']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__intermediate_bodies'),
        required=['oi_code', 'plie_code'],
        codes=[],
        values=['oi_code', 'plie_code']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__board_seats'),
        required=['seat_no'],
        codes=[],
        values=['seat_no', 'member_code', 'is_bureau']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__intermediate_body_register'),
        required=['oi_code', 'name'],
        codes=['region_code'],
        values=['oi_code']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__historical_results'),
        required=[
            'reporting_year', 'indicator_code', 'cut', 'cut_value', 'value', 'source',
        ],
        codes=['indicator_code'],
        values=['reporting_year', 'value', 'numerator', 'denominator']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_network__targets'),
        required=['plie_code', 'indicator_code', 'from_year', 'to_year', 'target_value'],
        codes=['indicator_code'],
        values=['plie_code', 'from_year', 'to_year', 'target_value']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_survey__survey_funding'),
        required=['reporting_year', 'plie_code', 'funder', 'amount_eur'],
        codes=['funder'],
        values=['reporting_year', 'plie_code', 'amount_eur']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_survey__survey_allocations'),
        required=[
            'reporting_year', 'plie_code', 'operator_type', 'operation_type', 'amount_eur',
        ],
        codes=['operator_type', 'operation_type'],
        values=['reporting_year', 'plie_code', 'amount_eur']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_survey__survey_teams'),
        required=['reporting_year', 'plie_code', 'team'],
        codes=['team', 'employer_type'],
        values=['reporting_year', 'plie_code', 'headcount', 'fte']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_survey__survey_partners'),
        required=['reporting_year', 'plie_code', 'partner_companies'],
        codes=[],
        values=['reporting_year', 'plie_code', 'partner_companies']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_survey__survey_external_referents'),
        required=['reporting_year', 'plie_code', 'employer_type'],
        codes=['employer_type'],
        values=['reporting_year', 'plie_code', 'headcount', 'fte']
    ) }}
)

select * from final
