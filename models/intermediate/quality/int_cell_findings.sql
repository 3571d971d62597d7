-- Generated from the contract: change the contract (models/staging/<kind>/_<kind>__sources.yml) and run `make contract`.
-- D1B: one row per bad cell of a delivered row. A table: DuckDB knows then that they are few when it joins all delivered rows.
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
            'reporting_year', 'plie_code', 'parcours_no', 'start_date', 'end_date', 'action_code',
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
        codes=['buyer_type', 'nature', 'awardee_type', 'programme'],
        values=[
            'reporting_year', 'structure_code', 'buyer_id', 'notified_on', 'hours_committed',
        ]
    ) }}
    union all
    {{ cell_findings(
        ref('stg_clause__procurement_companies'),
        required=[
            'reporting_year', 'structure_code', 'buyer_id', 'procurement_id', 'lot_no', 'company_id',
        ],
        codes=['company_type', 'role'],
        values=['reporting_year', 'structure_code', 'buyer_id']
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
    union all
    {{ cell_findings(
        ref('stg_activity__training_sessions'),
        required=['session_id', 'module', 'starts_on'],
        codes=['theme', 'level', 'organiser', 'mode'],
        values=['session_id', 'is_new_module', 'starts_on', 'ends_on']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__training_trainees'),
        required=['session_id', 'trainee_id'],
        codes=[
            'structure_kind', 'expectations_score', 'objectives_score', 'animation_score',
        ],
        values=['session_id', 'attended', 'answered', 'satisfied', 'would_recommend']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__assistance_requests'),
        required=['request_id', 'subject', 'kind', 'received_on'],
        codes=['subject', 'kind', 'territory_level'],
        values=['request_id', 'received_on', 'closed_on', 'days', 'expert_id']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__experts'),
        required=['expert_id', 'subject'],
        codes=['subject'],
        values=['expert_id', 'is_internal', 'starts_on', 'ends_on']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__events'),
        required=['event_id', 'kind', 'held_on'],
        codes=['kind', 'series', 'mode', 'region_code'],
        values=['event_id', 'held_on', 'participants']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__inquiries'),
        required=['inquiry_id', 'kind', 'launched_on'],
        codes=['kind', 'theme'],
        values=['inquiry_id', 'launched_on', 'asked', 'answers']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__web_statistics'),
        required=['page', 'month'],
        codes=['page'],
        values=['month', 'visits']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__social_snapshots'),
        required=['network', 'observed_on'],
        codes=['network'],
        values=['observed_on', 'followers']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__social_posts'),
        required=['post_id', 'network', 'posted_on'],
        codes=['network'],
        values=['post_id', 'posted_on', 'views']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__projects'),
        required=['project_id', 'kind'],
        codes=['kind'],
        values=['project_id', 'starts_on', 'ends_on']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__project_members'),
        required=['project_id', 'member_code'],
        codes=[],
        values=['project_id', 'member_code']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__staff'),
        required=['post_id'],
        codes=[],
        values=['post_id', 'starts_on', 'ends_on']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__regional_bodies'),
        required=['body_code'],
        codes=['region_code', 'status'],
        values=['body_code']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__rh_tpe_structures'),
        required=['structure_id'],
        codes=[],
        values=[
            'structure_id', 'starts_on', 'ends_on', 'uses_software', 'has_website',
        ]
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__rh_tpe_activity'),
        required=['structure_id', 'month', 'kind', 'activity_count'],
        codes=['kind'],
        values=['structure_id', 'month', 'activity_count']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__mde_equipment'),
        required=['mde_code', 'item'],
        codes=['item'],
        values=['mde_code']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__action_sheets'),
        required=['sheet_id', 'theme', 'title'],
        codes=['theme'],
        values=['sheet_id', 'plie_code', 'starts_on', 'ends_on']
    ) }}
    union all
    {{ cell_findings(
        ref('stg_activity__action_sheet_figures'),
        required=['sheet_id', 'line_no', 'label', 'value', 'unit'],
        codes=['unit', 'counted_as'],
        values=['sheet_id', 'line_no', 'value']
    ) }}
)

select * from final
