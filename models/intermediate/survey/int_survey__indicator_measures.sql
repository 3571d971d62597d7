{%- set mix = [
    'responding_plie', 'plie_with_amount', 'amount_eur', 'amount_known_eur', 'amount_total_eur', 'share_of_amount',
] -%}
{%- set aggregates = [
    {
        'name': 'survey_funding_mix', 'cut': 'cut', 'cut_value': 'cut_value', 'label': 'cut_value_label_fr',
        'measures': mix,
    },
    {
        'name': 'survey_allocation_mix', 'cut': 'cut', 'cut_value': 'cut_value', 'label': 'cut_value_label_fr',
        'measures': mix,
    },
    {
        'name': 'survey_team_size', 'cut': "'team'", 'cut_value': 'team', 'label': 'team_label_fr',
        'measures': [
            'responding_plie', 'headcount', 'headcount_responding_plie', 'headcount_per_plie', 'fte',
            'fte_responding_plie', 'fte_per_plie',
        ],
    },
    {
        'name': 'survey_partners', 'cut': total_cut(), 'cut_value': total_cut(), 'label': total_label(),
        'measures': ['responding_plie', 'partner_companies', 'partner_companies_per_plie'],
    },
] %}
-- Every figure of the aggregates of the survey as rows, so that the long table is made from them and cannot disagree.
{{ aggregates_as_rows(aggregates) }}
