"""The attack on a build of the sample: its relations hold, it breaks primary suppression alone, and not the release."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from shared import Built

from plie_warehouse.attack.attack import attack
from plie_warehouse.attack.attack_report import KNOWN_TO_PUBLIC, RECOVERED, as_json, figures
from plie_warehouse.attack.knowledge import HOURS, PERSONS, SHAPES, quantity
from plie_warehouse.attack.protection_level import ProtectionLevel
from plie_warehouse.attack.published import FILE, Registry, read
from plie_warehouse.attack.system import Cells

P, N = "masque_primaire", "non_connu"

LEVELS = {
    "plie_exit_jobs": "territory_kind = 'national' or cut <> 'naf_section' and territory_kind <> 'plie'"
    " or territory_kind = 'region'",
    "clause_hours_etp": "cut = 'total' or territory_kind <> 'structure'",
    "clause_beneficiary_profile": "territory_kind <> 'structure'",
    "clause_facilitator_activity": "territory_kind in ('region', 'national')",
}


def masked(warehouse: Path, path: Path, below: int) -> Path:
    """The aggregates of a warehouse with counts below a threshold suppressed, without secondary suppression."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        connection.execute("create schema published; create schema reference")
        for table in ("dim_plie", "dim_clause_structure"):
            connection.execute(f"create table published.{table} as from warehouse.marts.{table}")
        for table in ("parameters", "measures"):
            connection.execute(f"create table reference.{table} as from warehouse.reference.{table}")
        for table, shape in SHAPES.items():
            columns = [row[0] for row in connection.execute(f"describe warehouse.marts.{table}").fetchall()]
            words = _words(table, columns, below)
            figures = ", ".join(
                f'case when {words[column]} = \'publie\' then "{column}" end as "{column}"'
                if column in words
                else column
                for column in columns
            )
            states = ", ".join(f'{word} as "{column}_status"' for column, word in words.items())
            connection.execute(
                f"create table published.{table} as select {figures}, {states} from warehouse.marts.{table}"
                f" where {LEVELS.get(table, 'true')}"
            )
            assert len(shape.cells) + len(shape.quotients) == len(words)
    return path


def _words(table: str, columns: list[str], below: int) -> dict[str, str]:
    """Column -> SQL of its word."""
    shape = SHAPES[table]
    cut = ("abandon",) * 2 if table == "plie_exit_reasons" else ("x",) * len(shape.cuts)
    words = {}
    for column in columns:
        if column in shape.cells:
            kind = quantity(shape.cells[column](*cut))
            small = "false"
            if kind == PERSONS:
                small = f'"{column}" < {below}'
            elif kind == HOURS and "beneficiaries" in columns:
                small = f"beneficiaries < {below}"
            words[column] = (
                f"case when \"{column}\" is null then '{N}'"
                f" when territory_kind <> 'national' and {small} then '{P}' else 'publie' end"
            )
    for quotient in shape.quotients:
        both = f"({words[quotient.numerator]}) = 'publie' and ({words[quotient.denominator]}) = 'publie'"
        words[quotient.value] = (
            f"case when not ({both}) then '{P}' when \"{quotient.value}\" is null then '{N}' else 'publie' end"
        )
    return words


@pytest.fixture(scope="module")
def plain(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nothing is suppressed, in the long table neither."""
    file = masked(built.warehouse, tmp_path_factory.mktemp("plain") / FILE, below=0)
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"attach '{built.warehouse}' as warehouse (read_only)")
        words = ", ".join(
            f"case when {column} is null then '{N}' else 'publie' end as {status}"
            for column, status in (
                ("numerator", "numerator_status"),
                ("denominator", "denominator_status"),
                ("value", "status"),
                ("coverage", "coverage_status"),
            )
        )
        connection.execute(f"create table published.indicators as select *, {words} from warehouse.marts.indicators")
        connection.execute("create table published.indicator_changes as from warehouse.marts.indicator_changes")
    return file


def test_what_it_believes_is_true_of_the_sample(plain: Path) -> None:
    """Every equation holds where nothing is suppressed; a wrong one recovers wrong figures."""
    outcome = attack(plain)
    assert {figure.table for figure in figures(outcome)} <= {"hors territoire"}


@pytest.fixture(scope="module")
def naive(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return masked(built.warehouse, tmp_path_factory.mktemp("naive") / FILE, below=5)


def test_primary_suppression_alone_is_broken_on_the_sample(naive: Path, plain: Path) -> None:
    """Most small counts are recovered; the true value of each is in its interval."""
    outcome = attack(naive)
    assert outcome.succeeded
    results = as_json(outcome)["verdicts"]
    assert results[RECOVERED] > 0.5 * (sum(results.values()) - results[KNOWN_TO_PUBLIC])
    by_table = {figure.table for figure in figures(outcome) if figure.verdict == RECOVERED}
    assert by_table >= SHAPES.keys() - {"clause_facilitator_activity"}

    registry = Registry()
    truth = Cells(registry, read(plain, registry, ""), ProtectionLevel())
    checked = 0
    cells, findings = outcome.builder.cells, outcome.findings
    for number, cell in enumerate(findings.target.cells):
        unit = registry.units.get(cells.units[cells.unit[cell]])
        measure = registry.measures.get(cells.measures[cells.measure[cell]])
        if unit is None or measure is None:
            continue
        true = truth.low[truth.matrix[unit, measure]]
        assert findings.low[number] - 1e-6 <= true <= findings.high[number] + 1e-6
        checked += 1
    assert checked > 7000


def test_the_published_sample_withstands(built: Built) -> None:
    """The serving folder of a build, as readers get it."""
    outcome = attack(built.serving.parent, private=built.warehouse)
    assert figures(outcome)
    assert not any(figure.verdict == RECOVERED for figure in figures(outcome))
    assert not outcome.succeeded
