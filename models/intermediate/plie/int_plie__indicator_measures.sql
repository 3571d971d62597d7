{%- set aggregates = [
    {
        'name': 'plie_outcomes', 'cut': total_cut(), 'cut_value': total_cut(),
        'label': total_label(),
        'measures': [
            'persons_in_parcours', 'parcours', 'stock_31_dec', 'entries', 'exits', 'positive_exits',
            'positive_durable_job', 'positive_training', 'positive_other', 'nofollow_exits', 'abandoned_exits',
            'neutralised_exits', 'other_nofollow_exits', 'unproven_exits', 'exits_excluding_neutralised',
            'positive_rate_raw', 'positive_rate_neutralised', 'positive_per_entry', 'contracts_known',
            'durable_contracts', 'durable_contract_share', 'steps', 'participants_with_step',
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
] %}
-- Every count and rate of the PLIE aggregates as rows, so that the long table is made from them and cannot disagree.
{{ aggregates_as_rows(aggregates) }}
