{#- Generated from the contract: change models/staging/activity/_activity__sources.yml and run `make contract`. -#}
{#- The names of the registers of the head's own work. -#}
{% macro activity_registers() -%}
    {{ return([
        'training_sessions', 'training_trainees', 'assistance_requests', 'experts', 'events', 'inquiries',
        'web_statistics', 'social_snapshots', 'social_posts', 'projects', 'project_members', 'staff', 'regional_bodies',
        'rh_tpe_structures', 'rh_tpe_activity', 'mde_equipment', 'action_sheets', 'action_sheet_figures',
    ]) }}
{%- endmacro %}
