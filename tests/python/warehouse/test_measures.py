"""The registry of measures: a row that is half filled, and a measure that marts or registry do not know, each fail
with one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from shared import Built

EXITS = "where mart = 'plie_outcomes' and measure = 'exits'"
RATE = "where mart = 'plie_outcomes' and measure = 'positive_rate_raw'"

# What is done to a copy of the warehouse -> start of the sentence.
HALF_FILLED = {
    f"update reference.measures set quantity = 'exitz' {EXITS}": "Give quantity a code",
    f"update reference.measures set quantity = null {EXITS}": "Give quantity a code",
    f"update reference.measures set finest_level = 'commune' {EXITS}": "Give finest_level a code",
    f"update reference.measures set is_repeated = null {EXITS}": "Say in is_repeated",
    f"update reference.measures set numerator = null {EXITS}": "Name in numerator the measure",
    f"update reference.measures set numerator = 'exitz' {RATE}": "Name in numerator a measure of the same mart",
    f"update reference.measures set denominator = null {RATE}": "Name in denominator the measure",
    f"update reference.measures set denominator = 'exitz' {RATE}": "Name in denominator a measure of the same mart",
    f"update reference.measures set denominator = 'entries' {EXITS}": "Give a measure that is a quotient",
    f"update reference.measures set suppressed_with = 'exitz' {EXITS}": "Name in suppressed_with a measure",
    f"update reference.measures set coverage_numerator = 'exits' {RATE}": "Fill both coverage_numerator",
    f"update reference.measures set label_fr = null {RATE}": "Fill every column of the indicator",
    f"update reference.measures set unit = null {RATE}": "Fill every column of the indicator",
    f"update reference.measures set method_version = null {RATE}": "Fill every column of the indicator",
    f"update reference.measures set rule_id = null {RATE}": "Give rule_id the rule",
    f"update reference.measures set rule_id = 'D99' {RATE}": "Give rule_id the rule",
    "update reference.measures set label_fr = 'Taux de sorties positives'"
    " where indicator_code = 'positive_rate_neutralised' and cut = 'total'": "Say in label_fr that neutralised exits",
    f"update reference.measures set indicator_code = null {RATE}": "Give the indicator its indicator_code",
    f"update reference.measures set indicator_code = 'entries' {EXITS}": "Give one of the rows",
    f"update reference.measures set rows_sql = null, is_summed = null {EXITS}": "Write in rows_sql",
    f"update reference.measures set is_summed = null {EXITS}": "Say in is_summed",
}

DISAGREEING = {
    "alter table marts.plie_outcomes add column exits_by_car bigint": "Add a row of the measure to",
    "delete from reference.measures where mart = 'plie_outcomes' and measure = 'unproven_exits'": (
        "Add a row of the measure to"
    ),
    "delete from reference.measures where mart = 'clause_hours_etp' and cut = 'nature' and measure = 'etp'": (
        "Add a row of the measure by this cut"
    ),
    f"update reference.measures set measure = 'exitz' {EXITS}": "Remove the measure",
    "insert into reference.measures by name select * replace ('sex' as cut) from reference.measures"
    " where mart = 'plie_exit_jobs' and cut = 'naf_section'": "Remove the row",
    f"update reference.measures set denominator = 'entries' {RATE}": "Correct the formula",
    f"update intermediate.ind_plie__measures set measure_value = measure_value + 0.00001 {RATE}": "Correct the formula",
    f"delete from intermediate.ind_plie__measures {RATE} and territory_kind = 'national'": "Correct the formula",
    "delete from intermediate.ind_plie__measures where mart = 'plie_outcomes' and measure = 'positive_exits'"
    " and territory_kind = 'national'": "Correct the formula",
    "update intermediate.ind_plie__measures set measure_value = 0 where mart = 'plie_outcomes' and measure = 'exits'"
    " and territory_kind = 'national'": "Correct the formula",
}

MISLEADING = {
    f"update reference.measures set {column} = 'Part de retours à l''Emploi, hors sorties neutralisées'"
    " where measure = 'positive_rate_neutralised' and cut = 'profile'": 'Take the word "emploi" out of label_fr'
    for column in ("label_fr", "definition_fr")
}

CASES = [("measures_are_whole", *case) for case in HALF_FILLED.items()]
CASES += [("marts_and_measures_agree", *case) for case in DISAGREEING.items()]
CASES += [("labels_do_not_mislead", *case) for case in MISLEADING.items()]


@pytest.mark.parametrize(("name", "change", "sentence"), CASES)
def test_a_registry_that_is_not_whole_fails_with_what_to_do(
    name: str,
    change: str,
    sentence: str,
    built: Built,
    warehouse: duckdb.DuckDBPyConnection,
    corrupt: Callable[..., Path],
) -> None:
    sql = (built.target / "compiled" / "plie_warehouse" / "tests" / f"{name}.sql").read_text(encoding="utf-8")
    assert warehouse.execute(sql).fetchall() == []
    with duckdb.connect(str(corrupt(change))) as connection:
        problems = [problem for *_, problem in connection.execute(sql).fetchall()]
    assert any(problem.startswith(sentence) for problem in problems), problems
    assert all(problem.endswith(".") and problem.count(". ") == 0 for problem in problems), problems
