{#- D05. The sample is not laid out by year: its registers have no year of their own. -#}
{%- set registers = [
    ref('stg_network__plie_register'), ref('stg_network__mde_register'), ref('stg_network__members'),
] -%}
{%- set relations = [
    ref('stg_plie__participants'),
    ref('stg_plie__steps'),
    ref('stg_plie__exits'),
    ref('stg_network__facilitators'),
    ref('stg_survey__survey_funding'),
    ref('stg_survey__survey_allocations'),
    ref('stg_survey__survey_teams'),
    ref('stg_survey__survey_partners'),
    ref('stg_survey__survey_external_referents'),
] -%}
{%- for register in registers if reads_store() -%}
    {%- do relations.append('(select delivery_year as reporting_year from ' ~ register ~ ') as delivered') -%}
{%- endfor -%}
{{ years_with_parameters(relations, {'membership_growth_years': 'integer'}) }}
