"""The second enforcement refuses what the first would have to let through: warehouses corrupted on purpose.

Each case changes a copy of the built warehouse in a way that keeps the tables coherent with each other, as a wrong line
of SQL would, and Great Expectations must name the rule, the territory, what it expected and what it found.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Built, run_script

from plie_warehouse.validation import ValidationResult, failure_lines, validate

EXIT_KEY = "reporting_year, plie_code, participant_id, parcours_no"


def without_constraints(table: str) -> str:
    """A check constraint would stop some corruptions before Great Expectations sees them."""
    return f"create or replace table {table} as select * from {table}"


# Moves, deaths and retirements put back into the denominator of the headline rate (D14, D15), wherever it is shown.
NEUTRALISED_IN_THE_DENOMINATOR = [
    *[
        statement
        for table in ("plie_outcomes", "plie_outcomes_by_profile")
        for statement in (
            without_constraints(f"marts.{table}"),
            f"update marts.{table}"
            " set exits_excluding_neutralised = exits, positive_rate_neutralised = positive_rate_raw",
        )
    ],
    without_constraints("marts.indicators"),
    "update marts.indicators as i set denominator = r.denominator, value = r.value from marts.indicators as r"
    " where i.indicator_code = 'positive_rate_neutralised' and r.indicator_code = 'positive_rate_raw'"
    " and i.reporting_year = r.reporting_year and i.territory_kind = r.territory_kind"
    " and i.territory_code = r.territory_code and i.cut = r.cut and i.cut_value = r.cut_value",
]

# Contracts that are too short counted as durable jobs (D11, D13), in the facts and in the list of reclassifications.
SHORT_CONTRACT_IS_DURABLE = [
    without_constraints("marts.fct_exits"),
    "update marts.fct_exits set exit_class = declared_class, is_positive = true, reclassification_reason = null"
    " where reclassification_reason = 'contrat_trop_court'",
    "delete from quality.exit_reclassifications where reclassification_reason = 'contrat_trop_court'",
]

# An unknown answer counted as a no (D33).
UNKNOWN_IS_NO = [
    without_constraints("marts.plie_entry_profile"),
    "update marts.plie_entry_profile set entries_known = entries, entries_unknown = 0, share_of_known = share_of_all",
]

# A parcours that overlaps an earlier one, kept (D1A).
OVERLAP_IS_KEPT = [
    without_constraints("quality.exclusions"),
    "delete from quality.exclusions where reason_code = 'chevauchement'",
]

# A rate given as 0 where there is nothing to divide by (D18).
ZERO_FOR_NULL = [
    without_constraints("marts.plie_outcomes_by_profile"),
    "update marts.plie_outcomes_by_profile set positive_rate_raw = 0 where exits = 0",
]

# One territory's count changed by one.
ONE_OFF = [
    without_constraints("marts.plie_outcomes"),
    "update marts.plie_outcomes set entries = entries + 1 where territory_kind = 'region' and territory_code = '24'"
    " and reporting_year = 2021",
]

CASES = {
    "neutralised exits in the denominator": (NEUTRALISED_IN_THE_DENOMINATOR, {"D14", "D15"}),
    "short contract counted as durable": (SHORT_CONTRACT_IS_DURABLE, {"D13"}),
    "unknown counted as no": (UNKNOWN_IS_NO, {"D33"}),
    "overlap kept": (OVERLAP_IS_KEPT, {"D1A"}),
    "zero for null": (ZERO_FOR_NULL, {"D16"}),
    "one count off by one": (ONE_OFF, {"D03"}),
}


def run(warehouse: Path, output: Path) -> ValidationResult:
    return validate(warehouse, output)


def test_the_sound_warehouse_passes(built: Built, tmp_path: Path) -> None:
    result = run(built.warehouse, tmp_path / "validation")
    assert result.success, failure_lines(result.failures)
    assert result.values_compared > 10_000
    assert (tmp_path / "validation" / "index.html").exists()


@pytest.mark.parametrize("name", CASES)
def test_great_expectations_refuses(name: str, corrupt: Callable[..., Path], tmp_path: Path) -> None:
    statements, rules = CASES[name]
    result = run(corrupt(*statements), tmp_path / "validation")
    assert not result.success
    assert rules <= set(result.failures["rule_id"]), failure_lines(result.failures)
    row = result.failures[result.failures["rule_id"].isin(rules)].iloc[0]
    assert row["territory_code"] and row["expected"] != row["found"]


def test_the_command_names_rule_plie_expected_and_found(corrupt: Callable[..., Path], tmp_path: Path) -> None:
    warehouse = corrupt(*SHORT_CONTRACT_IS_DURABLE)
    done = run_script("validate.py", "--warehouse", str(warehouse), "--output", str(tmp_path / "docs"), data=tmp_path)
    assert done.returncode == 1
    assert "D13" in done.stdout and "36-01" in done.stdout
    assert "contrat_trop_court" in done.stdout and "expected" in done.stdout and "found" in done.stdout


def test_no_pseudonym_in_the_data_docs(built: Built) -> None:
    for page in (built.data / "validation").rglob("*"):
        if page.is_file():
            assert b"SYN-" not in page.read_bytes(), page
