"""The only values that may stand in some columns of the aggregates, read from the reference lists."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from plie_warehouse.validation import recomputed_clause, recomputed_network
from plie_warehouse.validation.frames import as_boolean
from plie_warehouse.validation.tables import TableRules


def accepted_codes(reference: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, list[str]]]:
    """Table -> column -> the values that may stand there, read from the reference lists."""
    families = reference["step_families"]
    reasons = [*reference["exit_reasons"]["exit_reason"]]
    unknown = [*families.loc[as_boolean(families["is_unknown"]).fillna(False).astype(bool), "step_family"]]
    lists = reference["code_lists"]
    jobs = [
        *reference["contract_types"]["contract_type"],
        *lists.loc[lists["code_list"].isin(["employer_category", "naf_section"]), "code"],
    ]
    profiles = {"profile": [*reference["profiles"]["profile"]]}
    cuts = recomputed_clause.cut_values(reference)
    parameters = reference["parameters"]
    divisors = pd.to_numeric(parameters.loc[parameters["name"] == "hours_per_etp", "value"]).tolist()
    return {
        "plie_outcomes": {},
        "plie_outcomes_by_profile": profiles,
        "plie_entry_profile": profiles,
        "plie_job_steps": {"cut": [*reference["job_step_groups"]["cut"].unique()]},
        "plie_caseload": {},
        "plie_step_mix": {"step_family": [*families["step_family"]]},
        "plie_exit_reasons": {
            "exit_reason": [*reasons, *unknown],
            "exit_class": [*reference["exit_classes"]["exit_class"]],
        },
        "plie_exit_jobs": {"cut_value": list(dict.fromkeys(jobs))},
        "clause_hours_etp": {
            "cut": list(dict.fromkeys(cuts["cut"])),
            "cut_value": list(dict.fromkeys(cuts["cut_value"])),
            "hours_per_etp": divisors,
        },
        "clause_beneficiary_profile": profiles,
        "clause_facilitator_activity": {"hours_per_etp": divisors},
        "network_coverage": {},
        "network_members": {"cut": ["total", "membership", "membership_type"]},
        **{mart: {"cut": list(cuts)} for mart, (_, cuts) in recomputed_network.MIXES.items()},
        "survey_team_size": {"team": [*lists.loc[lists["code_list"] == "team", "code"]]},
        "survey_partners": {},
    }


def known_kinds(rules: TableRules, table_rules: Mapping[str, TableRules], kinds: list[str]) -> list[str]:
    """The kinds of territory that a table may have: that of its own suppliers, and those that are common to all."""
    others = {one.supplier_kind for one in table_rules.values()} - {rules.supplier_kind}
    return [kind for kind in kinds if kind not in others]
