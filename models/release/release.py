"""The last node: what readers open is put in place, whole, when every node of the project has passed (D61)."""


def model(dbt, session):
    from plie_warehouse.release.release_step import release_build

    after_everything(dbt)
    return release_build(session)


def after_everything(dbt):
    """Every table that nothing else is made from: with those behind them, all nodes of the project and their tests."""
    dbt.ref("disclosure_utility")
    dbt.ref("fct_clause_hours")
    dbt.ref("glossary")
    dbt.ref("indicator_changes")
    dbt.ref("intake_checks")
    dbt.ref("misleading_words")
    dbt.ref("published_build_info")
    dbt.ref("published_clause_beneficiary_profile")
    dbt.ref("published_clause_facilitator_activity")
    dbt.ref("published_clause_hours_etp")
    dbt.ref("published_dim_clause_structure")
    dbt.ref("published_dim_date")
    dbt.ref("published_dim_plie")
    dbt.ref("published_dim_territory")
    dbt.ref("published_indicator_changes")
    dbt.ref("published_network_coverage")
    dbt.ref("published_network_members")
    dbt.ref("published_plie_breakdowns")
    dbt.ref("published_plie_caseload")
    dbt.ref("published_plie_durations")
    dbt.ref("published_plie_entry_profile")
    dbt.ref("published_plie_exit_jobs")
    dbt.ref("published_plie_exit_reasons")
    dbt.ref("published_plie_job_steps")
    dbt.ref("published_plie_main_step")
    dbt.ref("published_plie_outcomes")
    dbt.ref("published_plie_outcomes_by_profile")
    dbt.ref("published_plie_scorecard")
    dbt.ref("published_plie_step_mix")
    dbt.ref("published_printed_comparison")
    dbt.ref("published_survey_allocation_mix")
    dbt.ref("published_survey_external_referents")
    dbt.ref("published_survey_funding_mix")
    dbt.ref("published_survey_partners")
    dbt.ref("published_survey_team_size")
    dbt.ref("published_validation_results")
    dbt.ref("reader_comments")
    dbt.ref("revisions")
    dbt.ref("rules")
    dbt.ref("supplier_scorecard")
    dbt.ref("unmapped_codes")
    dbt.ref("validation_results")
