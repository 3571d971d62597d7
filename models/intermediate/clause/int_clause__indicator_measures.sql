{%- set aggregates = [
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
            'structures', 'structures_with_fte', 'facilitators_headcount', 'facilitators_fte', 'facilitators_fte_hours',
            'buyers', 'procurements', 'hours', 'beneficiaries', 'work_contracts', 'employers',
            'buyers_per_fte', 'procurements_per_fte', 'hours_per_fte', 'etp_per_fte', 'beneficiaries_per_fte',
            'work_contracts_per_fte', 'employers_per_fte',
        ],
    },
] %}
-- Every count, sum and rate of the clause aggregates as rows, so that the long table is made from them and cannot disagree.
{{ aggregates_as_rows(aggregates) }}
