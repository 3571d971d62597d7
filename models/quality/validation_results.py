"""The second enforcement of the rules: one row per suite, expectation and rule."""


def model(dbt, session):
    from plie_warehouse.validation.step import validation_results

    after_what_is_judged(dbt)
    return validation_results(session)


def after_what_is_judged(dbt):
    dbt.ref("clause_hours_accounting")
    dbt.ref("exclusions")
    dbt.ref("fct_clause_hours")
    dbt.ref("indicator_changes")
    dbt.ref("published_build_info")
    dbt.ref("published_clause_beneficiary_profile")
    dbt.ref("published_clause_facilitator_activity")
    dbt.ref("published_clause_hours_etp")
    dbt.ref("published_dim_clause_structure")
    dbt.ref("published_dim_plie")
    dbt.ref("published_dim_territory")
    dbt.ref("published_indicator_changes")
    dbt.ref("published_network_coverage")
    dbt.ref("published_network_members")
    dbt.ref("published_plie_caseload")
    dbt.ref("published_plie_entry_profile")
    dbt.ref("published_plie_exit_jobs")
    dbt.ref("published_plie_exit_reasons")
    dbt.ref("published_plie_job_steps")
    dbt.ref("published_plie_outcomes")
    dbt.ref("published_plie_outcomes_by_profile")
    dbt.ref("published_plie_step_mix")
    dbt.ref("published_printed_comparison")
    dbt.ref("published_survey_allocation_mix")
    dbt.ref("published_survey_funding_mix")
    dbt.ref("published_survey_partners")
    dbt.ref("published_survey_team_size")
    dbt.ref("revisions")
    dbt.ref("row_accounting")
