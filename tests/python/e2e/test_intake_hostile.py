"""What the intake answers to files as they should not be: one run over all of them, then each case on its own."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from conftest import PLIE, run_plie
from hostile import CASES, FORMULAS, IDENTITIES, YEAR, Case, pseudonym, write_landing
from openpyxl import load_workbook

from plie_warehouse.contract import load_kind
from plie_warehouse.intake.checks import BLOCKING, load_checks
from plie_warehouse.paths import PROJECT

BY_NAME = {case.name: case for case in CASES}
REFUSED = [case for case in CASES if not case.accepted]
# A file of this size is one of the two that are made large on purpose.
LARGE = 1 << 24


@dataclass(frozen=True)
class Taken:
    """One run of the intake over the whole landing."""

    landing: Path
    data: Path
    temporary: Path
    returncode: int
    printed: str
    gigabytes: float

    def folder(self, case: Case) -> Path:
        return self.data / "verdicts" / case.kind / case.supplier / case.year

    def verdict(self, case: Case) -> dict:
        return json.loads((self.folder(case) / "verdict.json").read_text(encoding="utf-8"))

    def stored(self, case: Case) -> list[Path]:
        folder = f"supplier_code={case.supplier}/reporting_year={case.year}"
        tables = [table.name for table in load_kind(case.kind).tables]
        return [path for name in tables for path in (self.data / "accepted" / name / folder).glob("*.parquet")]

    def rows(self, case: Case, table: str) -> list[dict[str, str]]:
        """What the store holds of a table of a delivery, in the order of the file."""
        [path] = [path for path in self.stored(case) if path.parts[-4] == table]
        with duckdb.connect() as connection:
            found = connection.execute(f"from read_parquet('{path}') order by cast(source_row as bigint)")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    """Every case in one landing, taken in by one run of the command."""
    root = tmp_path_factory.mktemp("hostile")
    landing, data, temporary, printed = root / "landing", root / "data", root / "tmp", root / "printed.txt"
    temporary.mkdir()
    write_landing(landing)
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [*PLIE, "intake", str(landing)],
            cwd=PROJECT,
            env=os.environ | {"PLIE_DATA_DIR": str(data), "TMPDIR": str(temporary), "COLUMNS": "160"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    for path in landing.rglob("*"):
        if path.is_file() and path.stat().st_size > LARGE:
            path.unlink()
    # Linux counts in kilobytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    gigabytes = usage.ru_maxrss * unit / 1e9
    yield Taken(landing, data, temporary, process.returncode, printed.read_text(encoding="utf-8"), gigabytes)


def test_the_run_goes_on(taken: Taken) -> None:
    """Bad files stop nobody: the command ends well, lists each supplier that it refused, and stays small."""
    assert taken.returncode == 0, taken.printed
    assert "Traceback" not in taken.printed
    for case in REFUSED:
        assert case.supplier in taken.printed, case.name
    # A reader may pass its gigabyte by what it takes between two looks, longer ones on a busy machine.
    assert taken.gigabytes < 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict(taken: Taken, case: Case) -> None:
    """Accepted or refused as it should be, for the reason that it should be, in words that say so."""
    verdict = taken.verdict(case)
    findings = verdict["findings"]
    assert verdict["status"] == ("accepted" if case.accepted else "refused"), findings
    assert bool(taken.stored(case)) == case.accepted
    if case.check is None:
        assert [finding for finding in findings if not finding["check_id"].startswith("PLA")] == []
        return
    named = [finding for finding in findings if finding["check_id"] == case.check]
    assert named, findings
    for finding in named:
        assert finding["problem"] and finding["remedy"]
    sentences = " ".join(f"{finding['problem']} {finding['remedy']}" for finding in named)
    for phrase in case.says:
        assert re.search(phrase, sentences, re.IGNORECASE), sentences
    if case.where:
        places = [
            (finding["file"], row, finding["column"])
            for finding in named
            for row in [finding["row"], *finding["lines"]]
        ]
        assert any(_matches(case.where, place) for place in places), places


@pytest.mark.parametrize("case", [case for case in CASES if case.check], ids=lambda case: case.name)
def test_the_check_of_a_case_fails_and_no_other_refuses_it(taken: Taken, case: Case) -> None:
    """Below its share of rows, or of a few rows, a check that blocks passes. Identifiers that a spreadsheet spoilt in
    several tables are none, and lead nowhere, either."""
    verdict, rule = taken.verdict(case), load_checks()[case.check]
    judged = {one["check_id"]: one for one in verdict["checks"]}
    assert judged.keys() == load_checks().keys()
    one = judged[case.check]
    assert (one["status"] == "fail") == (rule.severity != BLOCKING or not case.accepted)
    assert one["status"] == "pass" or one["numerator"] > one["threshold"] * one["denominator"]
    refusing = {name for name, one in judged.items() if one["status"] == "fail" and one["severity"] == BLOCKING}
    spoilt = {"ENR-02", "ENR-05"} if case.name in ("key_that_changes_type", "siret_in_scientific_notation") else set()
    assert refusing - spoilt == (set() if case.accepted else {case.check})
    assert case.accepted or verdict["floor_reached"] == rule.floor


def _matches(wanted: tuple[object, ...], place: tuple[object, ...]) -> bool:
    file, *rest = wanted
    return (file is None or str(place[0]).startswith(str(file))) and all(
        value is None or value == found for value, found in zip(rest, place[1:], strict=True)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict_as_the_supplier_sees_it(taken: Taken, case: Case) -> None:
    """The CSV and the workbook hold what the summary for machines holds, and no cell of them runs as a formula."""
    findings = taken.verdict(case)["findings"]
    with (taken.folder(case) / "verdict.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    columns = ("file", "row", "column", "value", "problem", "remedy")
    assert [line[: len(columns)] for line in lines[1:]] == [
        [shown(finding[column]) for column in columns] for finding in findings
    ]
    book = load_workbook(taken.folder(case) / "verdict.xlsx")
    assert book.sheetnames == ["Synthèse", "À corriger"]
    assert [
        ["" if value is None else str(value) for value in row] for row in book["À corriger"].iter_rows(values_only=True)
    ] == lines
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def shown(value: str | int | None) -> str:
    """A value as a verdict shows it: what a spreadsheet would run has an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝")) else text


def test_formulas_are_shown_as_text(taken: Taken) -> None:
    """The verdict quotes the cell that is wrong, with an apostrophe before it; the store keeps it as delivered."""
    case = BY_NAME["formulas_as_text"]
    content = (taken.folder(case) / "verdict.csv").read_text(encoding="utf-8-sig")
    shown = [cell for line in csv.reader(content.splitlines(), delimiter=";") for cell in line]
    for formula in FORMULAS[:4]:
        assert f"'{formula}" in shown
    assert [row["sex"] for row in taken.rows(case, "participants")][:4] == list(FORMULAS[:4])


def test_nothing_of_a_refused_file_is_kept(taken: Taken) -> None:
    """Outside its verdict no pseudonym of a refused delivery is found, in any file, packed or not."""
    marks = {f"CANARI-{case.supplier}-".encode(): case.name for case in REFUSED}
    for path, content in contents(taken.data, taken.temporary):
        if taken.data / "verdicts" not in path.parents:
            found = [name for mark, name in marks.items() if mark in content]
            assert not found, f"{path}: {found}"


def test_identities_are_nowhere(taken: Taken) -> None:
    """A direct identifier is not even in the verdict that refuses it, nor in what the command prints."""
    secrets = {value.encode() for values in IDENTITIES.values() for value in values}
    folders = [taken.landing / case.label for case in CASES if case.check == "CNF-01"]
    assert {value for _, content in contents(*folders) for value in secrets if value in content} == secrets
    assert not [value for value in secrets if value in taken.printed.encode()]
    for path, content in contents(taken.data, taken.temporary):
        found = [value for value in secrets if value in content]
        assert not found, f"{path}: {found}"


def contents(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file under ``folders`` as it is, and what is packed inside it."""
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        yield path, path.read_bytes()
        if path.suffix == ".parquet":
            with duckdb.connect() as connection:
                yield path, repr(connection.execute(f"from read_parquet('{path}')").fetchall()).encode()
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield path, archive.read(name)


def test_an_archive_writes_nowhere_else(taken: Taken) -> None:
    assert list(taken.landing.parent.parent.rglob("evade.csv")) == []
    assert not (PROJECT / "evade.csv").exists()


def test_numbers_and_dates_of_a_workbook(taken: Taken) -> None:
    """A day count is a date, 1001 and 1001.0 are one pseudonym, and its step finds its parcours."""
    dates = [row["entry_date"] for row in taken.rows(BY_NAME["workbook_with_dates_as_numbers"], "participants")]
    assert dates[:4] == ["2021-03-01", "2021-03-02", "2021-03-03", "05/05/2021"]
    case = BY_NAME["workbook_with_a_key_that_changes_type"]
    expected = [str(number) for number in range(1001, 1021)]
    for table in ("participants", "steps"):
        rows = taken.rows(case, table)
        assert [row["participant_id"] for row in rows] == expected
        assert {row["parcours_no"] for row in rows} == {"1"}


def test_cells_are_stored_as_delivered(taken: Taken) -> None:
    """Text, with the line of the file, line breaks and separators inside quotation marks included."""
    case = BY_NAME["quoted_line_breaks"]
    rows = taken.rows(case, "participants")
    assert len(rows) == 20
    assert rows[3]["referent_id"].splitlines() == ['REF;"1"', "bis"]
    assert [int(row["source_row"]) for row in rows] == [2, 3, 4, 5, *range(7, 23)]
    clause = taken.rows(BY_NAME["a_good_clause_delivery"], "procurements")
    assert all(re.fullmatch(r"05\d{12}", row["buyer_id"]) for row in clause)
    assert {row["hours_committed"] for row in clause} == {"1200,5"}


def test_an_unknown_column_is_not_stored(taken: Taken) -> None:
    rows = taken.rows(BY_NAME["unknown_column"], "steps")
    assert len(rows) == 20
    assert "rien à signaler" not in repr(rows)


def test_verdicts_of_two_suppliers_do_not_mix(taken: Taken) -> None:
    """A verdict names no pseudonym of another supplier."""
    for case in CASES:
        for path, content in contents(taken.folder(case)):
            found = set(re.findall(rb"CANARI-([0-9A-Z-]+?)-\d{4}", content))
            assert found <= {case.supplier.encode()}, path


def test_a_row_with_a_bad_date_is_named(taken: Taken) -> None:
    """Who, where and what: enough to mend it without looking for it."""
    [finding] = [
        finding
        for finding in taken.verdict(BY_NAME["one_date_that_does_not_exist"])["findings"]
        if finding["check_id"] == "ENR-02"
    ]
    assert (finding["row"], finding["column"], finding["value"]) == (2, "entry_date", "31/02/2021")
    assert "JJ/MM/AAAA" in finding["problem"] + finding["remedy"]


def test_only_bad_deliveries(tmp_path: Path) -> None:
    """Nothing could be accepted: exit code 1, and a verdict all the same."""
    case = BY_NAME["missing_column"]
    write_landing(tmp_path / "landing", [case])
    done = run_plie("intake", str(tmp_path / "landing"), data=tmp_path / "data")
    assert done.returncode == 1, done.stdout + done.stderr
    assert (tmp_path / "data" / "verdicts" / "plie" / case.supplier / YEAR / "verdict.xlsx").exists()
    assert list((tmp_path / "data").rglob("*.parquet")) in (
        [],
        [tmp_path / "data" / "accepted" / "check_results.parquet"],
    )


def test_pseudonyms_are_those_of_the_case(taken: Taken) -> None:
    """The leak tests look for something that is there: an accepted delivery holds its own pseudonyms."""
    rows = taken.rows(BY_NAME["a_good_one"], "participants")
    assert rows[0]["participant_id"] == pseudonym(BY_NAME["a_good_one"].supplier, 1)
