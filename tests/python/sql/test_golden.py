"""The golden cases: figures counted by hand, in tests/golden, against what the compiled models make of the sample.

tests/golden/README.md says how the files are read, and lists the rows that were counted. A figure that changes here is
a rule that changed.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from scenario import Scenario

from plie_warehouse.paths import PROJECT
from plie_warehouse.summary import number

GOLDEN = PROJECT / "tests" / "golden"


def read(name: str) -> list[dict[str, str]]:
    with (GOLDEN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


ANSWERS = read("answers")


def is_same(written: str, found: object) -> bool:
    """Whether a written cell says the value found: an empty cell says null, a number any number of decimals."""
    if found is None or not written:
        return found is None and not written
    if isinstance(found, bool):
        return written == str(found).lower()
    if isinstance(found, (int, Decimal)):
        return Decimal(written) == found
    return written == (found.isoformat() if isinstance(found, date) else found)


def differences(sample: Scenario, answer: dict[str, str]) -> list[str]:
    """What the models say otherwise than the file of an answer: one line a cell or row, with its why."""
    expected = read(answer["file"])
    columns = list(expected[0])
    keys, values = columns[: columns.index("why")], columns[columns.index("why") + 1 :]
    query = f"select {', '.join(keys + values)} from {answer['rows']} where {answer['condition']}"
    made = [(tuple(map(str, row[: len(keys)])), row[len(keys) :]) for row in sample.rows(query)]
    times, found = Counter(key for key, _ in made), dict(made)
    wrong = []
    for row in expected:
        key = tuple(row[name] for name in keys)
        said = f"{answer['file']} {'/'.join(key)} ({row['why'] or answer['note']}):"
        if times[key] != 1:
            wrong.append(f"{said} {times[key]} rows in place of 1")
            continue
        cells = zip(values, found[key], strict=True)
        wrong += [f"{said} {name} is {cell}, not {row[name]}" for name, cell in cells if not is_same(row[name], cell)]
    if answer["is_whole"] == "true":
        others = times - Counter(tuple(row[name] for name in keys) for row in expected)
        wrong += [f"{answer['file']} {'/'.join(key)} ({answer['note']}): not expected" for key in others]
    return wrong


@pytest.mark.parametrize("answer", ANSWERS, ids=[f"{one['file']}-{one['condition']}" for one in ANSWERS])
def test_what_was_counted_by_hand(sample: Scenario, answer: dict[str, str]) -> None:
    wrong = differences(sample, answer)
    assert not wrong, "\n".join(wrong)


def test_every_file_is_asked_for_and_asks_for_each_row_once() -> None:
    assert {path.stem for path in GOLDEN.glob("*.csv")} == {one["file"] for one in ANSWERS} | {"answers"}
    for name in {one["file"] for one in ANSWERS}:
        rows = read(name)
        keys = list(rows[0])[: list(rows[0]).index("why")]
        assert len({tuple(row[key] for key in keys) for row in rows}) == len(rows), name


@pytest.mark.parametrize("answer", {one["file"]: one for one in ANSWERS}.values(), ids=lambda one: one["file"])
def test_a_wrong_value_is_named_with_its_why(
    sample: Scenario, answer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One cell of the first row of each file is written otherwise, or left out where the file is whole."""
    rows = read(answer["file"])
    column = list(rows[0])[-1]
    changed = [{**rows[0], column: {"true": "false", "false": "true"}.get(rows[0][column], "987654"), "why": "WHY"}]
    monkeypatch.setitem(differences.__globals__, "read", lambda _: changed + rows[1:])
    [line] = differences(sample, answer)
    assert f"(WHY): {column} is " in line
    monkeypatch.setitem(differences.__globals__, "read", lambda _: [*rows[1:], {**rows[0], next(iter(rows[0])): "?"}])
    lines = differences(sample, answer)
    assert "0 rows in place of 1" in lines[0] and ("not expected" in lines[-1]) == (answer["is_whole"] == "true")


def test_partner_companies_are_shown_as_a_whole_number(sample: Scenario) -> None:
    """128.5 companies per PLIE show as 129 (D55)."""
    query = "select partner_companies_per_plie from marts.survey_partners where reporting_year = 2021"
    assert number(sample.rows(f"{query} and territory_kind = 'national'")[0][0]) == "129"


def test_of_a_year_in_which_nobody_said_it_the_employers_are_unknown(sample: Scenario) -> None:
    assert not sample.rows(
        "select territory_kind, team, employer_responding_plie from marts.survey_team_size"
        " where reporting_year = 2020 and employer_responding_plie is not null"
    )


@pytest.mark.parametrize("table", ["network_coverage", "network_members"])
def test_a_year_without_a_register_of_its_own_has_no_row(sample: Scenario, table: str) -> None:
    """The registers of the sample are of no year: they make no year of the extraction date's."""
    assert sample.rows(f"select distinct reporting_year from marts.{table} order by 1") == [(2020,), (2021,)]
