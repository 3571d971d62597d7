"""Rows written in any accepted form are read back as they were, and no bytes bring the reading down (Hypothesis)."""

from __future__ import annotations

import csv
import datetime
import io
import os
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hostile import _members, good, workbook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import WINDOWS_EPOCH

from plie_warehouse.contract import load_kind
from plie_warehouse.intake.archive import Budget
from plie_warehouse.intake.discover import Delivery, Landed
from plie_warehouse.intake.limits import limits
from plie_warehouse.intake.read import Reading, read
from plie_warehouse.intake.workbook import as_day, read_sheets

YEAR = 2021
STEPS = load_kind("plie").table("steps")
# A longer run: PLIE_FUZZ_EXAMPLES=20000.
EXAMPLES = int(os.environ.get("PLIE_FUZZ_EXAMPLES", "20"))
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize="PLIE_FUZZ_EXAMPLES" not in os.environ,
)

# What no blank, no label, no identifier and no sign of a spreadsheet is made of.
WORDS = st.text(st.sampled_from("bdfghklmpqrstvwxyzBDFGHKLé;,'\"-ç "), min_size=1, max_size=12).map(
    lambda word: f"k{word.strip()}1k"
)
DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2030, 12, 31))


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, object]]:
    """Rows of steps: texts, whole numbers and days as what they are."""
    count = draw(st.integers(1, 40))
    return [
        {
            "reporting_year": YEAR,
            "plie_code": "59-01",
            "participant_id": draw(WORDS),
            "parcours_no": draw(st.integers(0, 99)),
            "step_id": draw(WORDS),
            "step_type": draw(st.sampled_from(["formation", "emploi", "autre"])),
            "start_date": draw(DAYS),
            "end_date": draw(st.none() | DAYS),
            "contract_type": draw(st.sampled_from(["", "cdi", "cdd"])),
            "employer_type": draw(st.sampled_from(["", "ei", "aci"])),
        }
        for _ in range(count)
    ]


def as_said(value: object, french: bool) -> str:
    if isinstance(value, datetime.date):
        return value.strftime("%d/%m/%Y") if french else value.isoformat()
    return "" if value is None else str(value)


def read_back(path: Path, content: bytes) -> Reading:
    path.write_bytes(content)
    return read(Delivery("plie", "59-01", YEAR, "plie/59-01/2021", (Landed(path, path.name),)))


def structure(reading: Reading) -> set[str]:
    """The checks that found something, but for the files that are not there."""
    return {one.check_id for one in reading.findings} - {"STR-01", "STR-11"}


def same(reading: Reading, expected: list[dict[str, str]]) -> None:
    assert structure(reading) == set(), reading.findings
    columns = reading.tables["steps"].columns
    assert [{name: columns[name][place] for name in expected[0]} for place in range(len(expected))] == expected
    [(_, _, lines)] = reading.counted
    assert lines.total == lines.header + lines.rows + lines.blank + lines.inner + lines.other
    assert lines.rows == len(expected)


@SETTINGS
@given(
    rows=rows(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    separator=st.sampled_from(";,\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    line_end=st.sampled_from(["\r\n", "\n", "\r"]),
    french=st.booleans(),
    headers=st.integers(0, 1),
    blanks=st.lists(st.integers(0, 40), max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_any_text_file_reads_back(
    tmp_path: Path, rows, encoding, separator, quoting, line_end, french, headers, blanks, order
) -> None:
    names = list(rows[0])
    order.shuffle(names)
    said = [{name: as_said(row[name], french) for name in names} for row in rows]
    target = io.StringIO()
    writer = csv.writer(target, delimiter=separator, quoting=quoting, lineterminator=line_end)
    writer.writerow([STEPS.column(name).aliases[0] if headers else name for name in names])
    for place, row in enumerate(said):
        writer.writerow([row[name] for name in names])
        if place in blanks:
            target.write(line_end)
    same(read_back(tmp_path / "steps.csv", target.getvalue().encode(encoding)), said)


@SETTINGS
@given(rows=rows(), typed=st.booleans(), french=st.booleans(), formatted=st.booleans())
def test_any_workbook_reads_back(tmp_path: Path, rows, typed, french, formatted) -> None:
    names = list(rows[0])
    book = Workbook()
    sheet = book.active
    sheet.title = "steps"
    sheet.append(names)
    for row in rows:
        sheet.append([row[name] if typed else as_said(row[name], french) or None for name in names])
    if formatted:  # read cell by cell, with its format
        for cell in sheet["D"][1:]:
            cell.number_format = "000" if typed else "General"
    target = io.BytesIO()
    book.save(target)
    said = [{name: as_said(row[name], french and not typed) for name in names} for row in rows]
    if typed and formatted:
        for row in said:
            row["parcours_no"] = row["parcours_no"].zfill(3)
    same(read_back(tmp_path / "steps.xlsx", target.getvalue()), said)


def test_both_readers_of_workbooks_agree(tmp_path: Path) -> None:
    """A format that shows zeros has the sheet read by the other library: the other cells read the same."""
    values = [1, 1.5, 0.1 + 0.2, True, "é", datetime.datetime(2021, 3, 1), datetime.datetime(2021, 3, 1, 8, 30)]
    found = []
    for padded in (False, True):
        book = Workbook()
        sheet = book.active
        sheet.title = "steps"
        sheet.append([f"h{place}" for place in range(len(values) + 1)])
        sheet.append([*values, 7])
        if padded:
            sheet.cell(2, len(values) + 1).number_format = "000"
        target = io.BytesIO()
        book.save(target)
        [read_sheet] = read_sheets(target.getvalue(), "x.xlsx", Budget.of(limits(YEAR)))
        found.append(read_sheet.rows[1])
    assert found[0][:-1] == found[1][:-1] == ["1", "1.5", "0.3", "oui", "é", "2021-03-01", "2021-03-01 08:30:00"]
    assert (found[0][-1], found[1][-1]) == ("7", "007")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("9999", "9999"), ("10000", "1927-05-18"), ("44201", "2021-01-05"), ("55518", "2051-12-31"),
        ("55519", "55519"), ("123456", "123456"),
    ],
)  # fmt: skip
def test_which_numbers_are_days(number: str, said: str) -> None:
    """Five digits, as far as the years that a delivery of 2021 can speak of."""
    assert as_day(number, WINDOWS_EPOCH, YEAR) == said


# No bytes bring it down ----------------------------------------------------------------------------------------------


@cache
def seeds(kind: str) -> bytes:
    tables = good("59-01", people=3)
    book = workbook(tables)
    if kind == "xlsx":
        return book
    lines = [";".join(tables["steps"][0])] + [";".join(map(str, row.values())) for row in tables["steps"]]
    return "\r\n".join(lines).encode()


@st.composite
def spoilt(draw: st.DrawFn, content: bytes) -> bytes:
    """Bytes with some of them changed, cut out, doubled or put in."""
    made = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(made) - 1, 0)))
        made[at : at + draw(st.integers(0, 8))] = draw(
            st.binary(max_size=8) | st.sampled_from([b'"', b"\r", b"\n", b";" * 20, b"\0", b"\xff\xfe", b"=", b"<f>"])
        )
    return bytes(made)


def never_raises(path: Path, content: bytes) -> None:
    """A reading whose fault, if it has one, is in words of ours."""
    reading = read_back(path, content)
    assert reading.content_digest
    assert reading.tables or reading.findings
    for rows in reading.tables.values():
        assert {len(cells) for cells in rows.columns.values()} == {len(rows.lines)}
    assert all("n'a pas pu être lu (" not in one.detail for one in reading.findings), reading.findings


@SETTINGS
@given(content=st.binary(max_size=400) | spoilt(seeds("csv")))
def test_any_bytes_of_a_text_file(tmp_path: Path, content: bytes) -> None:
    never_raises(tmp_path / "steps.csv", content)


@SETTINGS
@given(content=st.binary(max_size=400) | spoilt(seeds("xlsx")))
@pytest.mark.parametrize("suffix", ["xlsx", "zip"])
def test_any_bytes_of_an_archive(tmp_path: Path, suffix: str, content: bytes) -> None:
    never_raises(tmp_path / f"steps.{suffix}", content)


def _packed(name: str) -> Callable[[bytes], bytes]:
    def pack(content: bytes) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for member, was in _members(seeds("xlsx")).items():
                archive.writestr(member, content if member == name else was)
        return target.getvalue()

    return pack


PARTS = ("xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels")


@SETTINGS
@given(data=st.data())
@pytest.mark.parametrize("part", PARTS)
def test_any_part_of_a_workbook(tmp_path: Path, part: str, data: st.DataObject) -> None:
    content = data.draw(spoilt(_members(seeds("xlsx"))[part]))
    never_raises(tmp_path / "steps.xlsx", _packed(part)(content))
