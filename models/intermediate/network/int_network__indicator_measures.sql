{%- set aggregates = [
    {
        'name': 'network_coverage', 'cut': total_cut(), 'cut_value': total_cut(), 'label': total_label(),
        'measures': [
            'plie_existing_1_jan', 'plie_existing_31_dec', 'plie_existing_in_year', 'plie_participating',
            'plie_delivering_not_existing', 'plie_participation_rate', 'plie_covered', 'plie_coverage_rate',
            'mde_existing_1_jan', 'mde_existing_31_dec', 'mde_existing_in_year', 'mde_covered', 'mde_coverage_rate',
            'intermediate_bodies', 'plie_with_intermediate_body', 'clause_structures_existing_31_dec',
            'clause_structures_with_facilitator', 'clause_facilitators',
        ],
    },
    {
        'name': 'network_members', 'cut': 'cut', 'cut_value': 'cut_value', 'label': 'cut_value_label_fr',
        'measures': [
            'members', 'previous_members', 'arrivals', 'departures', 'net_change', 'type_changes_in',
            'type_changes_out', 'members_change', 'growth_base_members', 'growth_members', 'growth_rate',
        ],
    },
] %}
-- Every figure of the aggregates of the network as rows, so that the long table is made from them and cannot disagree.
{{ aggregates_as_rows(aggregates) }}
