"""Deliveries as suppliers send them: tests/python/field/<case>/ is a landing folder, and expected.json what is right.

``status``, ``check`` with what its sentences say, ``findings`` (how many, where that is the point), ``rows`` by table,
and ``stored``: the first values of columns of a table.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from hostile import _members, good, good_network, text, workbook, write, zip_bytes
from openpyxl import load_workbook

from plie_warehouse.intake import reader as reader_module
from plie_warehouse.intake import take_in
from plie_warehouse.intake.discover import Delivery, discover
from plie_warehouse.intake.limits import limits
from plie_warehouse.intake.plain import no_pattern
from plie_warehouse.intake.read import Reading, read
from plie_warehouse.intake.reader import Reader
from plie_warehouse.paths import DataFolder

FIELD = Path(__file__).parents[1] / "field"
CASES = {folder.name: json.loads((folder / "expected.json").read_text("utf-8")) for folder in sorted(FIELD.iterdir())}
YEAR = 2021


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    """All cases taken in by one run, with a data folder whose name is a pattern."""
    root = tmp_path_factory.mktemp("field")
    for name in CASES:
        for kind in (FIELD / name).iterdir():
            if kind.is_dir():
                shutil.copytree(kind, root / "landing" / kind.name, dirs_exist_ok=True)
    made = DataFolder(root / "PLIE [2021] *?")
    take_in(root / "landing", made)
    yield made


def verdict_of(data: DataFolder, kind: str, supplier: str, year: int = YEAR) -> dict:
    return json.loads((data.verdict(kind, supplier, year) / "verdict.json").read_text(encoding="utf-8"))


def rows_of(data: DataFolder, table: str, supplier: str, year: int = YEAR) -> list[dict]:
    """What is stored of a table, in the order of the file."""
    [path] = (data.accepted / table / f"supplier_code={supplier}" / f"reporting_year={year}").iterdir()
    with duckdb.connect() as connection:
        found = connection.execute(
            "from read_parquet(?, hive_partitioning = false) order by cast(source_row as bigint)", [no_pattern(path)]
        )
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("name", CASES)
def test_a_case_of_the_field(data: DataFolder, name: str) -> None:
    case = CASES[name]
    verdict = verdict_of(data, case["kind"], case["supplier"], case["year"])
    found = [one for one in verdict["findings"] if not one["check_id"].startswith(("PLA", "STR-18"))]
    assert verdict["status"] == case["status"], found
    assert {one["check_id"] for one in found} == ({case["check"]} if case["check"] else set()), found
    if case["findings"]:
        assert len(found) == case["findings"], found
    sentences = " ".join(f"{one['problem']} {one['remedy']}" for one in found)
    for phrase in case["says"]:
        assert re.search(phrase, sentences), sentences
    for table, count in case["rows"].items():
        assert len(rows_of(data, table, case["supplier"])) == count
    for table, columns in case["stored"].items():
        rows = rows_of(data, table, case["supplier"])
        for column, values in columns.items():
            assert [row[column] for row in rows][: len(values)] == values, column


@pytest.mark.parametrize("name", CASES)
def test_lines_add_up(data: DataFolder, name: str) -> None:
    case = CASES[name]
    for one in verdict_of(data, case["kind"], case["supplier"], case["year"])["files"]:
        assert one["total"] == one["header"] + one["rows"] + one["blank"] + one["inner"] + one["other"], one


# What is no case of one folder --------------------------------------------------------------------------------------


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """A landing with one good supplier, whom nothing that the others send may stop."""
    write(tmp_path / "landing" / "plie" / "59-01" / str(YEAR), good("59-01"))
    return tmp_path / "landing"


def other(landing: Path) -> Path:
    """The folder of a second supplier, with a good delivery."""
    folder = landing / "plie" / "59-02" / str(YEAR)
    write(folder, good("59-02"))
    return folder


def taken(landing: Path) -> dict[str, dict]:
    """Supplier -> its verdict; the good supplier is accepted."""
    data = DataFolder(landing.parent / "data")
    verdicts = {one["supplier_code"]: one for one in take_in(landing, data).verdicts}
    assert verdicts["59-01"]["status"] == "accepted"
    return verdicts


@pytest.mark.parametrize(
    ("name", "status"),
    [
        (b"\220tapes.csv", "accepted"),
        ("\u00e9tapes.csv".encode(), "accepted"),
        ("e\u0301tapes.csv".encode(), "accepted"),
        (b"[steps]*?.csv", "accepted"),
        (b"\x1b[31msteps\n.csv", "refused"),
        (b"x" * 251 + b".csv", "accepted"),
        (b"ste'ps\";--.csv", "accepted"),
    ],
)
def test_any_name_of_a_file(landing: Path, name: bytes, status: str) -> None:
    folder = other(landing)
    os.rename(os.fsencode(folder / "steps.csv"), os.fsencode(folder) + b"/" + name)
    verdict = taken(landing)["59-02"]
    if status == "accepted":
        assert verdict["status"] == "accepted", verdict["findings"]
    assert "\x1b" not in json.dumps(verdict, ensure_ascii=False)


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = os.getcwd()
        os.chdir(path.parent)
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


@pytest.mark.parametrize(
    "make",
    [
        _fifo,
        _socket,
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to(path),
        lambda path: path.symlink_to("nowhere"),
        lambda path: path.symlink_to(path.parents[2] / "59-01" / str(YEAR) / "steps.csv"),
    ],
    ids=["pipe", "socket", "device", "loop", "dangling", "neighbour"],
)
@pytest.mark.parametrize("name", ["steps.csv", "../2020.zip"])
def test_only_plain_files_are_read(landing: Path, make: Callable[[Path], None], name: str) -> None:
    folder = other(landing)
    path = (folder / name).parent.resolve() / Path(name).name
    path.unlink(missing_ok=True)
    make(path)
    data = DataFolder(landing.parent / "data")
    verdicts = {(one["supplier_code"], one["reporting_year"]): one for one in take_in(landing, data).verdicts}
    assert verdicts["59-01", YEAR]["status"] == "accepted"
    verdict = verdicts["59-02", YEAR if name == "steps.csv" else 2020]
    assert verdict["status"] == "refused"
    assert {one["check_id"] for one in verdict["findings"] if not one["check_id"].startswith("STR-18")} == {"STR-19"}


def test_a_linked_folder_is_no_supplier(landing: Path) -> None:
    (landing / "plie" / "59-02").symlink_to(landing / "plie" / "59-01")
    assert set(taken(landing)) == {"59-01"}


def test_a_file_that_may_not_be_read(landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may read everything: the system is told to refuse."""
    folder = other(landing)

    def refuse(path: os.PathLike, *flags: int) -> int:
        if Path(path).name == "exits.csv":
            raise PermissionError(13, "Permission denied")
        return real(path, *flags)

    real = os.open
    [_, delivery] = discover(landing)[0]
    monkeypatch.setattr(os, "open", refuse)
    [finding] = [one for one in read(delivery).findings if one.check_id == "STR-19"]
    assert finding.file == "exits.csv" and "ne peut pas être lu" in finding.detail
    assert delivery.raw_digest()
    assert folder.exists()


@pytest.mark.parametrize("moment", [-(1 << 40), 1 << 40, 253402300800])
def test_any_moment_of_a_file(landing: Path, moment: int) -> None:
    path = other(landing) / "steps.csv"
    try:
        os.utime(path, (moment, moment))
    except OSError:
        pytest.skip("the file system has no such moment")
    assert taken(landing)["59-02"]["status"] == "accepted"


def test_a_sparse_file_is_not_hashed(landing: Path) -> None:
    path = other(landing) / "steps.csv"
    with path.open("r+b") as file:
        file.truncate(20 << 30)
    verdict = taken(landing)["59-02"]
    assert [one["check_id"] for one in verdict["findings"] if one["check_id"] != "STR-18"] == ["STR-06"]


def test_a_folder_in_another_case_takes_nothing(landing: Path) -> None:
    """PLIE/59-01 beside plie/59-01 is said, and the good one read; ſ is no S."""
    if (landing / "PLIE").exists():
        pytest.skip("the file system knows no case")
    write(landing / "PLIE" / "59-01" / str(YEAR), good("59-03"))
    write(landing / "clause" / "ſ" / str(YEAR), good("S"))
    data = DataFolder(landing.parent / "data")
    done = take_in(landing, data)
    assert [(one["supplier_code"], one["status"]) for one in done.verdicts] == [("59-01", "accepted")]
    assert any("casse" in one for one in done.ignored) and any("ſ" in one for one in done.ignored)


def test_registers_stay_in_force_each_on_its_own(tmp_path: Path) -> None:
    """A delivery without a table replaces nothing; one of a register alone leaves the others as they were."""
    data, folder = DataFolder(tmp_path / "data"), tmp_path / "landing" / "network" / str(YEAR)
    tables = good_network(str(YEAR), ["CL-59-01", "CL-59-02"])
    write(folder, tables)
    [first] = take_in(tmp_path / "landing", data).verdicts
    shutil.rmtree(folder)
    for name in ("registres.ods", "lettre.pdf"):
        folder.mkdir(parents=True)
        (folder / name).write_bytes(b"PK\3\4")
        [second] = take_in(tmp_path / "landing", data).verdicts
        assert second["status"] == "refused"
        assert len(rows_of(data, "facilitators", "network")) == 2
        shutil.rmtree(folder)
    write(folder, {"clause_structures": tables["clause_structures"][:1]})
    [third] = take_in(tmp_path / "landing", data).verdicts
    assert third["status"] == "accepted" and "facilitators" in third["notes"][0]
    paths = [path for path in (data.accepted / "facilitators").rglob("*.parquet") if third["delivery_id"] in path.name]
    with duckdb.connect() as connection:
        [(count, ids)] = connection.execute(
            "select count(*), any_value(delivery_id) from read_parquet(?, hive_partitioning = false)", [str(paths[0])]
        ).fetchall()
    assert (count, ids) == (2, third["delivery_id"]) and first["delivery_id"] != ids


def test_a_survey_stays_in_force_when_another_cannot_be_read(tmp_path: Path) -> None:
    """A delivery of two files of which neither is a table is refused as a whole, in words that say what to send."""
    data, folder = DataFolder(tmp_path / "data"), tmp_path / "landing" / "survey" / str(YEAR)
    team = {"reporting_year": YEAR, "plie_code": "59-01", "team": "interne", "employer_type": ""}
    team |= {"headcount": 2, "fte": "1,5"}
    write(folder, {"survey_teams": [team]}, survey_teams=text("survey_teams", [team], list(team)))
    [first] = take_in(tmp_path / "landing", data).verdicts
    assert first["status"] == "accepted", first["findings"]
    shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / "enquete.ods").write_bytes(b"PK\3\4")
    (folder / "lettre.pdf").write_bytes(b"%PDF-1.7")
    [second] = take_in(tmp_path / "landing", data).verdicts
    assert second["status"] == "refused"
    assert any(one["file"] == "enquete.ods" and one["remedy"] for one in second["findings"])
    assert [row["delivery_id"] for row in rows_of(data, "survey_teams", "survey")] == [first["delivery_id"]]


def test_an_older_delivery_again_is_said(landing: Path) -> None:
    folder = other(landing)
    taken(landing)
    write(folder, good("59-02", people=24))
    taken_again = take_in(landing, DataFolder(landing.parent / "data"))
    assert len(taken_again.with_status("accepted")) == 1
    write(folder, good("59-02"))
    [again] = take_in(landing, DataFolder(landing.parent / "data")).with_status("accepted")
    assert "qui avait été remplacée" in again["notes"][0]


# Cheap to send, dear to read -----------------------------------------------------------------------------------------


def stuck(delivery: Delivery) -> Reading:
    if delivery.supplier == "59-02":
        while True:
            pass
    return read(delivery)


def greedy(delivery: Delivery) -> Reading:
    if delivery.supplier == "59-02":
        return bytearray(limits(YEAR).memory_bytes + (1 << 20)) and read(delivery)
    return read(delivery)


def broken(delivery: Delivery) -> Reading:
    if delivery.supplier == "59-02":
        raise ZeroDivisionError
    return read(delivery)


def dead(delivery: Delivery) -> Reading:
    if delivery.supplier == "59-02":
        os._exit(3)
    return read(delivery)


@pytest.mark.parametrize(
    ("do", "check", "says"),
    [
        (stuck, "STR-06", "secondes"),
        (greedy, "STR-06", "mémoire"),
        (dead, "STR-06", "mémoire"),
        (broken, "STR-07", "Zero"),
    ],
)
def test_a_delivery_has_a_budget(
    landing: Path, monkeypatch: pytest.MonkeyPatch, do: Callable[[Delivery], Reading], check: str, says: str
) -> None:
    """Out of time, of memory, dead, broken: it is refused, and the others are read."""
    other(landing)
    if do is stuck:
        # Of a year of its own, which has one second; the others may wait for a slow machine.
        folder = landing / "plie" / "59-02"
        (folder / str(YEAR)).rename(folder / str(YEAR - 1))
        seconds = {YEAR: limits(YEAR).seconds, YEAR - 1: 1}
        monkeypatch.setattr(reader_module, "limits", lambda year: replace(limits(year), seconds=seconds[year]))
    deliveries, _ = discover(landing)
    reader = Reader(do)
    try:
        readings = {one.supplier: reader.read(one) for one in [*deliveries, deliveries[0]]}
    finally:
        reader.close()
    [finding] = readings["59-02"].findings
    assert finding.check_id == check and says in finding.detail
    assert not readings["59-01"].findings and len(readings["59-01"].tables) == 4


def _sheet(cells: str) -> bytes:
    return (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + cells.encode()
        + b"</sheetData></worksheet>"
    )


def _one_sheet_under(names: int, rows: int) -> bytes:
    """A workbook that names one part many times: to read it once for each name is what costs."""
    members = _members(workbook({"steps": good("59-02")["steps"][:rows]}))
    book, relations = members["xl/workbook.xml"].decode(), members["xl/_rels/workbook.xml.rels"].decode()
    sheet = re.search(r"<sheet [^>]*/>", book)[0]
    several = "".join(
        sheet.replace('name="steps"', f'name="steps{n}"').replace('sheetId="1"', f'sheetId="{n}"')
        for n in range(1, names + 1)
    )
    members["xl/workbook.xml"] = book.replace(sheet, several).encode()
    members["xl/_rels/workbook.xml.rels"] = relations.encode()
    return zip_bytes(members)


def _with(**parts: bytes) -> bytes:
    members = _members(workbook({"participants": good("59-02")["participants"]}))
    return zip_bytes(members | {name.replace("__", "/") + ".xml": content for name, content in parts.items()})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            lambda: _with(
                xl__worksheets__sheet1=_sheet(
                    "".join(
                        f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c><c r="B{n}" t="s"><v>0</v></c></row>'
                        for n in range(1, 60_000)
                    )
                ),
                xl__sharedStrings=b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
                + b"x" * 32_000
                + b"</t></si></sst>",
            ),
            id="one text 120,000 times",
        ),
        pytest.param(
            lambda: _with(
                xl__worksheets__sheet1=_sheet(
                    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
                )
            ),
            id="two cells far apart",
        ),
        pytest.param(lambda: _with(xl__media__image=b"\0" * (200 << 20)), id="unpacked without end"),
        pytest.param(lambda: _one_sheet_under(30, rows=2), id="one sheet under 30 names"),
        pytest.param(lambda: _one_sheet_under(limits(YEAR).sheets + 1, rows=2), id="more names than sheets allowed"),
    ],
)
def test_workbooks_that_are_cheap_to_send(landing: Path, content: Callable[[], bytes]) -> None:
    folder = other(landing)
    (folder / "steps.csv").unlink()
    (folder / "steps.xlsx").write_bytes(content())
    verdict = taken(landing)["59-02"]
    assert verdict["status"] == "refused"
    assert {one["check_id"] for one in verdict["findings"]} <= {"STR-06", "STR-07", "STR-18"}


def test_workbooks_of_one_archive_share_a_budget(landing: Path) -> None:
    """Each would pass by itself; together they are more than a delivery may unpack."""
    folder = other(landing)
    allowed = limits(YEAR)
    share = allowed.unpacked_bytes // 5
    one = zip_bytes(
        _members(workbook({"steps": good("59-02")["steps"]}))
        | {"xl/media/image.png": os.urandom(1 << 16) * (share >> 16)},
        level=1,
    )
    (folder / "steps.csv").unlink()
    (folder / "livraison.zip").write_bytes(zip_bytes({f"steps{number}.xlsx": one for number in range(6)}, level=1))
    verdict = taken(landing)["59-02"]
    assert verdict["status"] == "refused"
    assert "STR-06" in {one["check_id"] for one in verdict["findings"]}


def test_what_no_sheet_can_hold_is_not_in_the_verdict(landing: Path) -> None:
    """U+FFFE, escapes and full-width formulas of a cell are shown, and the workbook opens."""
    folder = other(landing)
    tables = good("59-02")
    for row, value in zip(tables["participants"], ["a\ufffeb", "＝1+1", " =1+1", "\ud7ffx\uffff"], strict=False):
        row["sex"] = value
    write(folder, tables, participants=text("participants", tables["participants"]))
    taken(landing)
    data = DataFolder(landing.parent / "data")
    sheet = load_workbook(data.verdict("plie", "59-02", YEAR) / "verdict.xlsx")["À corriger"]
    shown = [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert {"a\ufffdb", "'＝1+1", "'=1+1"} <= set(shown), shown
