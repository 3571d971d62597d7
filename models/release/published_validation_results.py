"""The second enforcement on the published tables, beside the private ones that were judged before (D60)."""


def model(dbt, session):
    from plie_warehouse.validation.step import published_validation_results

    after_what_is_judged(dbt)
    return published_validation_results(session)


def after_what_is_judged(dbt):
    dbt.ref("validation_results")
    dbt.ref("published_clause_beneficiary_profile")
    dbt.ref("published_clause_facilitator_activity")
    dbt.ref("published_clause_hours_etp")
    dbt.ref("published_clause_lot_hours")
    dbt.ref("published_dim_plie")
    dbt.ref("published_head_assistance")
    dbt.ref("published_head_communication")
    dbt.ref("published_head_events")
    dbt.ref("published_head_projects")
    dbt.ref("published_head_rh_tpe")
    dbt.ref("published_head_training")
    dbt.ref("published_mde_equipment")
    dbt.ref("published_indicator_changes")
    dbt.ref("published_indicators")
    dbt.ref("published_network_coverage")
    dbt.ref("published_network_members")
    dbt.ref("published_plie_breakdowns")
    dbt.ref("published_plie_caseload")
    dbt.ref("published_plie_durations")
    dbt.ref("published_plie_entry_profile")
    dbt.ref("published_plie_esf_indicators")
    dbt.ref("published_plie_exit_jobs")
    dbt.ref("published_plie_exit_reasons")
    dbt.ref("published_plie_job_steps")
    dbt.ref("published_plie_main_step")
    dbt.ref("published_plie_outcomes")
    dbt.ref("published_plie_outcomes_by_profile")
    dbt.ref("published_plie_scorecard")
    dbt.ref("published_plie_step_mix")
    dbt.ref("published_survey_allocation_mix")
    dbt.ref("published_survey_external_referents")
    dbt.ref("published_survey_funding_mix")
    dbt.ref("published_survey_partners")
    dbt.ref("published_survey_team_size")
