{#- The aggregates and their figures: what the long table is made from, and what is published. cut, cut_value, label: SQL of a
    row, with its columns. -#}

{% macro plie_aggregates() -%}
    {{ return([
        {
            'name': 'plie_outcomes', 'cut': total_cut(), 'cut_value': total_cut(),
            'label': total_label(),
            'measures': [
                'persons_in_parcours', 'parcours', 'stock_31_dec', 'entries', 'exits', 'positive_exits',
                'positive_durable_job', 'positive_training', 'positive_other', 'nofollow_exits', 'abandoned_exits',
                'neutralised_exits', 'other_nofollow_exits', 'unproven_exits', 'exits_excluding_neutralised',
                'positive_rate_raw', 'positive_rate_neutralised', 'positive_per_entry', 'durable_job_share',
                'training_share', 'other_positive_share', 'abandoned_share_of_nofollow', 'neutralised_share_of_nofollow',
                'other_nofollow_share_of_nofollow', 'abandoned_share', 'neutralised_share', 'other_nofollow_share',
                'contracts_known', 'durable_contracts', 'durable_contract_share', 'durable_fixed_term_contracts',
                'durable_fixed_term_share', 'steps', 'participants_with_step',
                'steps_per_participant', 'steps_per_person_in_parcours',
            ],
        },
        {
            'name': 'plie_outcomes_by_profile', 'cut': "'profile'", 'cut_value': 'profile',
            'label': 'profile_label_fr',
            'measures': [
                'entries', 'exits', 'positive_exits', 'neutralised_exits', 'exits_excluding_neutralised',
                'positive_rate_raw', 'positive_rate_neutralised',
            ],
        },
        {
            'name': 'plie_entry_profile', 'cut': "'profile'", 'cut_value': 'profile',
            'label': 'profile_label_fr',
            'measures': [
                'entries_with', 'entries_known', 'entries_unknown', 'entries', 'share_of_all', 'share_of_known',
            ],
        },
        {
            'name': 'plie_step_mix', 'cut': "'step_family'", 'cut_value': 'step_family',
            'label': 'step_family_label_fr',
            'measures': ['steps', 'steps_total', 'share_of_steps', 'steps_attributes_unknown'],
        },
        {
            'name': 'plie_job_steps', 'cut': 'cut', 'cut_value': 'cut_value',
            'label': 'cut_value_label_fr',
            'measures': ['job_steps', 'job_steps_total', 'share_of_job_steps', 'steps_total', 'share_of_steps'],
        },
        {
            'name': 'plie_caseload', 'cut': total_cut(), 'cut_value': total_cut(),
            'label': total_label(),
            'measures': [
                'referents', 'persons_followed', 'persons_without_referent', 'persons_per_referent', 'caseload_min',
                'caseload_max',
            ],
        },
        {
            'name': 'plie_exit_reasons', 'cut': "'exit_reason_class'", 'cut_value': "exit_reason || '/' || exit_class",
            'label': "exit_reason_label_fr || ' / ' || exit_class_label_fr",
            'measures': ['exits', 'exits_total', 'exits_of_class', 'share_of_exits', 'share_of_class'],
        },
        {
            'name': 'plie_exit_jobs', 'cut': 'cut', 'cut_value': 'cut_value',
            'label': 'cut_value_label_fr',
            'measures': [
                'exits_with', 'exits_known', 'exits', 'share_of_known',
                'positive_exits_with', 'positive_exits_known', 'positive_exits', 'share_of_positive_known',
                'durable_exits_with', 'durable_exits_known', 'durable_exits', 'share_of_durable_known',
            ],
        },
    ]) }}
{%- endmacro %}

{% macro clause_aggregates() -%}
    {{ return([
        {
            'name': 'clause_hours_etp', 'cut': 'cut', 'cut_value': 'cut_value',
            'label': 'cut_value_label_fr',
            'measures': [
                'hours_delivered', 'hours_counted', 'hours_excluded', 'hours_counted_total', 'etp', 'hours_per_etp',
                'share_of_etp', 'beneficiaries', 'work_contracts', 'procurements', 'buyers', 'employers',
                'hours_employer_known', 'hours_employer_iae', 'hours_employer_iae_geiq_rq',
                'share_employer_iae', 'share_employer_iae_geiq_rq',
                'hours_awardee_known', 'hours_awardee_iae', 'hours_awardee_iae_geiq_rq',
                'share_awardee_iae', 'share_awardee_iae_geiq_rq',
            ],
        },
        {
            'name': 'clause_beneficiary_profile', 'cut': "'profile'", 'cut_value': 'profile',
            'label': 'profile_label_fr',
            'measures': [
                'beneficiaries_with', 'beneficiaries_known', 'beneficiaries_unknown', 'beneficiaries', 'share_of_all',
                'share_of_known',
            ],
        },
        {
            'name': 'clause_facilitator_activity', 'cut': total_cut(), 'cut_value': total_cut(),
            'label': total_label(),
            'measures': [
                'structures', 'structures_with_etp', 'facilitators_headcount', 'facilitators_etp', 'facilitators_etp_hours',
                'buyers', 'procurements', 'hours', 'etp', 'hours_per_etp', 'beneficiaries', 'work_contracts',
                'employers',
                'buyers_per_facilitator_etp', 'procurements_per_facilitator_etp', 'hours_per_facilitator_etp', 'etp_per_facilitator_etp', 'beneficiaries_per_facilitator_etp',
                'work_contracts_per_facilitator_etp', 'employers_per_facilitator_etp',
            ],
        },
    ]) }}
{%- endmacro %}

{% macro network_aggregates() -%}
    {{ return([
        {
            'name': 'network_coverage', 'cut': total_cut(), 'cut_value': total_cut(),
            'label': total_label(),
            'measures': [
                'plie_existing_1_jan', 'plie_existing_31_dec', 'plie_existing_in_year', 'plie_participating',
                'plie_participating_located',
                'plie_delivering_not_existing', 'plie_participation_rate', 'plie_covered', 'plie_coverage_rate',
                'mde_existing_1_jan', 'mde_existing_31_dec', 'mde_existing_in_year', 'mde_covered', 'mde_coverage_rate',
                'intermediate_bodies', 'plie_with_intermediate_body', 'clause_structures_existing_31_dec',
                'clause_structures_with_facilitator', 'clause_facilitators',
            ],
        },
        {
            'name': 'network_members', 'cut': 'cut', 'cut_value': 'cut_value',
            'label': 'cut_value_label_fr',
            'measures': [
                'members', 'previous_members', 'arrivals', 'departures', 'net_change', 'type_changes_in',
                'type_changes_out', 'members_change', 'growth_base_members', 'growth_members', 'growth_rate',
                'employer_members', 'board_seats', 'bureau_seats',
            ],
        },
    ]) }}
{%- endmacro %}

{% macro survey_aggregates() -%}
    {%- set mix = [
        'responding_plie', 'plie_with_amount', 'amount_eur', 'amount_known_eur', 'amount_total_eur', 'share_of_amount',
    ] -%}
    {{ return([
        {
            'name': 'survey_funding_mix', 'cut': 'cut', 'cut_value': 'cut_value',
            'label': 'cut_value_label_fr',
            'measures': mix,
        },
        {
            'name': 'survey_allocation_mix', 'cut': 'cut', 'cut_value': 'cut_value',
            'label': 'cut_value_label_fr',
            'measures': mix,
        },
        {
            'name': 'survey_team_size', 'cut': "'team'", 'cut_value': 'team',
            'label': 'team_label_fr',
            'measures': [
                'responding_plie', 'headcount', 'headcount_responding_plie', 'headcount_per_plie', 'etp',
                'etp_responding_plie', 'etp_per_plie', 'employer_responding_plie',
            ],
        },
        {
            'name': 'survey_partners', 'cut': total_cut(), 'cut_value': total_cut(),
            'label': total_label(),
            'measures': ['responding_plie', 'partner_companies', 'partner_companies_per_plie'],
        },
    ]) }}
{%- endmacro %}

{% macro all_aggregates() -%}
    {{ return(plie_aggregates() + clause_aggregates() + network_aggregates() + survey_aggregates()) }}
{%- endmacro %}
