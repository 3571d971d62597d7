"""The intake's checks: those that no hostile delivery is for fail on one made for them; a good one passes all."""

from __future__ import annotations

import csv
import datetime
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from hostile import CASES as HOSTILE
from hostile import COLUMNS, Tables, fill, good, good_clause, good_network, text, workbook, write
from openpyxl import load_workbook

from plie_warehouse.contract import load_kind, read_seed
from plie_warehouse.intake import StoreError, take_in
from plie_warehouse.intake import taking_in as intake
from plie_warehouse.intake.checks import BLOCKING, FINDINGS_KEPT, judge_share, load_checks
from plie_warehouse.intake.decode import Grid
from plie_warehouse.intake.delivered_headers import Header
from plie_warehouse.intake.delivery_report import neutralised
from plie_warehouse.intake.discover import LandingError, discover
from plie_warehouse.intake.hints import hint
from plie_warehouse.intake.intake_suites import DAMAGED, expectations
from plie_warehouse.intake.intake_workers import PROCESSES, one_by_one, side_by_side
from plie_warehouse.intake.personal_values import is_nir
from plie_warehouse.intake.privacy import header_sort, identifiers
from plie_warehouse.intake.workbook import as_text
from plie_warehouse.paths import DataFolder

YEAR = 2021
REGISTERED = [row["plie_code"] for row in read_seed("plie_register")]

Case = Callable[[Path, str], None]
CASES: dict[str, Case] = {}


def fails(check_id: str) -> Callable[[Case], Case]:
    def register(case: Case) -> Case:
        CASES[check_id] = case
        return case

    return register


def changed(table: str, change: Callable[[list[dict]], None]) -> Case:
    """A good delivery with the rows of one table changed."""

    def case(folder: Path, supplier: str) -> None:
        tables = good(supplier, people=40)
        change(tables[table])
        write(folder, tables)

    return case


def of_last_year(tables: Tables) -> Tables:
    return fill(tables, "reporting_year", str(YEAR - 1))


def put(column: str, value: str, rows: slice) -> Callable[[list[dict]], None]:
    def change(table: list[dict]) -> None:
        for row in table[rows]:
            row[column] = value

    return change


@fails("STR-05")
def _(folder: Path, supplier: str) -> None:
    write(folder, good(supplier), steps=text("steps", good(supplier)["steps"])[:-30])


@fails("STR-11")
def _(folder: Path, supplier: str) -> None:
    columns = [name for name in COLUMNS["exits"] if name != "is_certifying"]
    write(folder, good(supplier), exits=text("exits", good(supplier)["exits"], columns))


CASES["STR-15"] = changed("participants", lambda rows: rows.append(rows[0] | {"sex": "", "parcours_no": "01"}))


@fails("STR-19")
def _(folder: Path, supplier: str) -> None:
    write(folder, good(supplier))
    (folder / "lien.csv").symlink_to(folder / "steps.csv")


def total(rows: list[dict]) -> None:
    rows.append(dict.fromkeys(rows[0], "") | {"reporting_year": "Total général", "jobseeker_months": "820"})


CASES["STR-20"] = changed("participants", total)
CASES["STR-21"] = changed("participants", lambda rows: rows.insert(3, {name: name for name in COLUMNS["participants"]}))
CASES["CNF-01"] = changed("participants", put("referent_id", "06 12 34 56 78", slice(0, 1)))
CASES["ENR-01"] = changed("participants", put("entry_date", "", slice(0, 20)))
CASES["ENR-03"] = changed("participants", put("birth_year", "76", slice(0, 1)))
CASES["ENR-05"] = changed("exits", put("participant_id", "personne", slice(0, 3)))
CASES["ENR-09"] = changed("participants", put("birth_year", "1900", slice(0, 1)))
CASES["ENR-10"] = changed("steps", put("step_type", "divers", slice(0, 30)))
JOB = {"exit_reason": "emploi_durable", "contract_type": "cdi", "contract_start_date": "01/06/2021"}
CASES["ENR-11"] = changed("exits", lambda rows: rows[0].update(JOB, contract_start_date="02/06/2021"))
CASES["ENR-12"] = changed("exits", lambda rows: rows[0].update(JOB, validated_on="02/01/2022"))
CASES["ENR-13"] = changed("exits", lambda rows: rows[0].update(JOB, validated_on="31/05/2021"))
CASES["ENR-14"] = changed("participants", put("birth_year", "2006", slice(0, 1)))
CASES["ENR-15"] = changed("participants", put("labour_status_at_entry", "inactif", slice(0, 1)))
CASES["ENR-16"] = changed("exits", put("labour_status_on", "29/12/2021", slice(0, 1)))
CASES["ENR-17"] = changed("exits", put("qualification_obtained_on", "29/12/2021", slice(0, 1)))
CASES["ENR-08"] = changed("participants", put("participant_id", "1E+13", slice(0, 1)))


@fails("PLA-01")
def _(folder: Path, supplier: str) -> None:
    write(folder.parent / str(YEAR - 1), of_last_year(good(supplier, people=90)))
    write(folder, good(supplier, people=40))


@fails("PLA-02")
def _(folder: Path, supplier: str) -> None:
    write(folder.parent / str(YEAR - 1), of_last_year(good(supplier, people=40)))
    changed("participants", without_profile)(folder, supplier)


@fails("PLA-03")
def _(folder: Path, supplier: str) -> None:
    tables = good(supplier, people=40)
    tables["steps"] += [row | {"step_id": f"{row['step_id']}-{n}"} for row in tables["steps"] for n in range(9)]
    write(folder, tables)


def without_profile(rows: list[dict]) -> None:
    for row in rows:
        row.update(sex="", birth_year="", education_level="", is_rsa="", jobseeker_months="")


CASES["PLA-04"] = changed("participants", without_profile)


SUPPLIERS = dict(zip(sorted(CASES), REGISTERED, strict=False))
GOOD, WIDE, *NETWORK = REGISTERED[len(CASES) : len(CASES) + 12]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataFolder]:
    """One intake of a delivery per check and of a network of good ones."""
    root = tmp_path_factory.mktemp("intake")
    landing, made = root / "landing", DataFolder(root / "data")
    for check_id, case in CASES.items():
        case(landing / "plie" / SUPPLIERS[check_id] / str(YEAR), SUPPLIERS[check_id])
    for supplier in (GOOD, *NETWORK):
        write(landing / "plie" / supplier / str(YEAR), good(supplier, people=40))
    write(landing / "clause" / "CL-59-01" / str(YEAR), good_clause("CL-59-01"))
    wide = good(WIDE, people=3 * FINDINGS_KEPT)
    for number, row in enumerate(wide["participants"][: FINDINGS_KEPT + 100]):
        row["sex"] = f"?{number}"
    write(landing / "plie" / WIDE / str(YEAR), wide)
    take_in(landing, made)
    yield made


def verdict_of(data: DataFolder, supplier: str, kind: str = "plie") -> dict:
    return json.loads((data.verdict(kind, supplier, YEAR) / "verdict.json").read_text(encoding="utf-8"))


# Of amounts, volumes, texts and withdrawals: test_bounds.py, test_withdrawal.py; of the registers:
# test_intake_registers.py; of what registers and survey say beyond its limit: test_intake_signals.py; the others:
# test_intake_hostile.py.
ELSEWHERE = {"STR-22", "STR-23", "STR-24", "STR-25", "STR-26", "ENR-18", "ENR-19", "ENR-20", "PLA-05"}


def test_every_check_has_a_case() -> None:
    hostile = {case.check for case in HOSTILE if case.check}
    assert set(CASES) | hostile | ELSEWHERE == set(load_checks())


@pytest.mark.parametrize("check_id", sorted(CASES))
def test_a_check_fails_on_its_case(data: DataFolder, check_id: str) -> None:
    verdict = verdict_of(data, SUPPLIERS[check_id])
    checks = {one["check_id"]: one for one in verdict["checks"]}
    assert set(checks) == set(load_checks())
    assert checks[check_id]["status"] == "fail"
    assert checks[check_id]["numerator"] > checks[check_id]["threshold"] * checks[check_id]["denominator"]
    blocks = load_checks()[check_id].severity == BLOCKING
    assert (verdict["status"] == "refused") == blocks
    if blocks:
        assert verdict["floor_reached"] == load_checks()[check_id].floor
        others = {
            one["check_id"] for one in verdict["checks"] if one["status"] == "fail" and one["severity"] == BLOCKING
        }
        assert others == {check_id}, "the case shows its check and no other"
    found = [one for one in verdict["findings"] if one["check_id"] == check_id]
    assert found and all(one["problem"] and one["remedy"] for one in found)


@pytest.mark.parametrize(("supplier", "kind"), [(GOOD, "plie"), ("CL-59-01", "clause")])
def test_no_check_fails_on_a_good_delivery(data: DataFolder, supplier: str, kind: str) -> None:
    verdict = verdict_of(data, supplier, kind)
    assert verdict["status"] == "accepted"
    assert (verdict["findings"], verdict["findings_total"]) == ([], 0)
    assert {one["status"] for one in verdict["checks"]} <= {"pass", "not_applicable"}
    assert verdict["floor_reached"] == "plausibility"


def test_places_and_values(data: DataFolder) -> None:
    [finding] = verdict_of(data, SUPPLIERS["ENR-03"])["findings"]
    assert (finding["file"], finding["row"], finding["column"], finding["value"]) == (
        "participants.csv", 2, "birth_year", "76",
    )  # fmt: skip
    assert "quatre chiffres" in finding["remedy"]
    rows = [one["row"] for one in verdict_of(data, SUPPLIERS["STR-15"])["findings"]]
    assert rows == [2, 42]
    [finding] = [one for one in verdict_of(data, SUPPLIERS["ENR-05"])["findings"] if one["check_id"] == "ENR-05"]
    assert finding["rows"] == 3 and "3 lignes : 2 à 4." in finding["problem"]


def test_an_identifier_is_never_shown(data: DataFolder) -> None:
    folder = data.verdict("plie", SUPPLIERS["CNF-01"], YEAR)
    [finding] = verdict_of(data, SUPPLIERS["CNF-01"])["findings"]
    assert (finding["column"], finding["row"], finding["value"]) == ("referent_id", 2, "")
    shown = [cell.value for sheet in load_workbook(folder / "verdict.xlsx") for row in sheet for cell in row]
    assert not any("06 12" in str(value) for value in shown)
    for path in data.root.rglob("*"):
        assert not path.is_file() or b"06 12 34" not in path.read_bytes(), path


def test_findings_are_limited_and_counted(data: DataFolder) -> None:
    verdict = verdict_of(data, WIDE)
    assert verdict["findings_total"] == FINDINGS_KEPT + 100 + sum(
        one["check_id"] != "ENR-04" for one in verdict["findings"]
    )
    assert sum(one["check_id"] == "ENR-04" for one in verdict["findings"]) == FINDINGS_KEPT
    with (data.verdict("plie", WIDE, YEAR) / "verdict.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file, delimiter=";"))) == len(verdict["findings"]) + 1


def test_machine_summary(data: DataFolder) -> None:
    """One row per delivery and check, in the words of quality.check_results."""
    with duckdb.connect() as connection:
        path = str(data.accepted / "check_results.parquet")
        rows = connection.execute(
            "select count(*), count(distinct (reporting_year, supplier_code, check_id)) from read_parquet(?)", [path]
        ).fetchone()
        words = connection.execute("select distinct severity, status from read_parquet(?)", [path]).fetchall()
    deliveries = len(list(data.verdicts.rglob("verdict.json")))
    assert rows == (deliveries * len(load_checks()),) * 2
    assert {severity for severity, _ in words} == {"erreur", "avertissement"}
    assert {status for _, status in words} == {"pass", "fail", "not_applicable"}


def test_a_few_bad_rows_do_not_refuse() -> None:
    """The share decides, from a few rows on; all rows of a table always do."""
    assert judge_share("ENR-02", YEAR, [(20, 100)]).status == "pass"
    assert judge_share("ENR-02", YEAR, [(21, 100)]).status == "fail"
    assert judge_share("ENR-02", YEAR, [(0, 100), (2, 4)]).status == "pass"
    assert judge_share("ENR-02", YEAR, [(0, 100), (3, 4)]).status == "fail"
    assert judge_share("ENR-02", YEAR, [(1, 1)]).status == "fail"
    assert judge_share("ENR-02", YEAR, [(0, 0)]).status == "not_applicable"


def test_suites_stay_small() -> None:
    """The cost of a suite grows faster than its length."""
    for kind in ("plie", "clause", "network", "survey"):
        for table in load_kind(kind).tables:
            for stage in ("structure", "record"):
                assert 0 < len(expectations(table, stage)) <= 50


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        (["17/03/1976"], True), (["1976-03-17 00:00:00"], True), (["17031976"], True), (["17.03.76"], True),
        (["27836", "28001", "30112"], True), (["19766", "27836"], False), (["1976", "76", ""], False),
    ],
)  # fmt: skip
def test_full_birth_dates(values: list[str], refused: bool) -> None:
    """A typing error in a year is no date of birth; several day numbers of a spreadsheet are."""
    table = load_kind("plie").table("participants")
    rows = [[value] for value in values]
    grid = Grid(["birth_year"], 1, rows, list(range(2, len(rows) + 2)))
    found = list(identifiers(table, grid, Header({"birth_year": 0}, {}, []), "participants.csv", YEAR))
    assert bool(found) == refused


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Nom", "nom"), ("PRÉNOM", "nom"), ("Nom de naissance", "nom"), ("N° Sécurité sociale", "sécurité sociale"),
        ("E-mail", "mail"), ("Tél. portable", "téléphone"), ("Date de naissance", "naissance"), ("Adresse", "adresse"),
        ("Nombre d'enfants", None), ("Nom de la structure", None), ("Code postal", None),
        ("Nom de l'acheteur", None), ("Nom du maître d'ouvrage", None), ("Adresse du chantier", None),
        ("Nom du marché", None), ("Nom du bénéficiaire", "nom"), ("Nom du salarié de l'entreprise", "nom"),
        ("Adresse du bénéficiaire", "adresse"), ("Téléphone du chantier", "téléphone"),
    ],
)  # fmt: skip
def test_headers_that_announce_a_person(header: str, says: str | None) -> None:
    found = header_sort(header)
    assert (found is None) if says is None else (found is not None and says in found)


@pytest.mark.parametrize(
    ("column", "number", "refused"),
    [
        ("procurement_id", "0612345678", False), ("procurement_id", "06 12 34 56 78", True),
        ("awardee_id", "+33612345678", True), ("lot_no", "0612345678", False),
    ],
)  # fmt: skip
def test_numbers_of_procurements_are_no_telephones(column: str, number: str, refused: bool) -> None:
    table = load_kind("clause").table("procurements")
    grid = Grid([column], 1, [[number]], [2])
    assert bool(list(identifiers(table, grid, Header({column: 0}, {}, []), "procurements.csv", YEAR))) == refused


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("month", "03/2021", "2021-03"), ("month", "2021-3", "2021-03"), ("month", "2021/12", "2021-12"),
        ("month", "15/03/2021", "le mois seul, 2021-03"), ("month", "2021-00", "n'existe pas"), ("month", "mars", ""),
        ("month", "2021-03", ""), ("buyer_id", "9050000010012", "13 chiffres"), ("buyer_id", "050000001", "SIREN"),
        ("buyer_id", "2,15904E+13", "notation scientifique"), ("buyer_id", "215 904 000 00017", "sans espace"),
        ("buyer_id", "21590400000017", ""), ("hours", "84,251", "deux décimales"), ("hours", "84:15", "centièmes"),
        ("hours", "1 200,50", "milliers"), ("hours", "1.200,50", "milliers"), ("hours", "12345678901", "trop grand"),
        ("hours", "1,2E+02", "notation scientifique"), ("hours", "84,25", ""), ("hours", "", ""), ("proof", "bp", ""),
    ],
)  # fmt: skip
def test_what_a_bad_cell_tells(column: str, value: str, says: str) -> None:
    said = hint(load_kind("clause").table("hours"), column, value)
    assert says in said if says else said == ""


def test_what_a_bad_date_tells() -> None:
    """A date that is read has another fault than not to exist."""
    exits = load_kind("plie").table("exits")
    assert "n'existe pas" in hint(exits, "exit_date", "31/02/2021")
    assert hint(exits, "exit_date", "28/02/2021") == ""
    register = load_kind("network").table("clause_structures")
    assert "écrire 01" in hint(register, "department_code", "1")
    assert hint(register, "department_code", "20") == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"), (84.25, "84.25"), (1001.0, "1001"), (21590350100017, "21590350100017"),
        (datetime.timedelta(hours=84, minutes=15), "84:15"), (datetime.datetime(2021, 3, 1), "2021-03-01"),
        (1.5e-7, "1.5e-07"), (True, "oui"), (None, ""),
    ],
)  # fmt: skip
def test_cells_of_a_workbook(value: object, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("text", "damaged"),
    [
        ("2.15904E+13", True), ("2,15904E+13", True), ("1E+13", True), ("1.0E13", True), ("123.0", True),
        ("#REF!", True), ("21E04", False), ("2021E12", False), ("1E5", False), ("2021-01", False), ("05.2021", False),
    ],
)  # fmt: skip
def test_identifiers_that_a_spreadsheet_spoilt(text: str, damaged: bool) -> None:
    assert bool(re.match(DAMAGED, text)) == damaged


def test_plausibility_of_the_clause(tmp_path: Path) -> None:
    """Volumes beside the year before and beside the network, in the words of the clause."""
    landing, made = tmp_path / "landing", DataFolder(tmp_path / "data")
    codes = [f"CL-59-{number:02d}" for number in range(1, 11)]
    for code in codes:
        write(landing / "clause" / code / str(YEAR), good_clause(code, lots=25))
    tables = good_clause(codes[0], lots=25)
    tables["hours"] += [row | {"month": f"2021-{month:02d}"} for row in tables["hours"] for month in range(4, 8)]
    write(landing / "clause" / codes[0] / str(YEAR), tables)
    write(landing / "clause" / codes[1] / str(YEAR - 1), of_last_year(good_clause(codes[1], lots=60)))
    for year, count in ((YEAR - 1, 90), (YEAR, 25)):
        structures = [f"CL-00-{number:02d}" for number in range(count)] + codes
        write(landing / "network" / str(year), good_network(str(year), structures))
    verdicts = {(one["supplier_code"], one["reporting_year"]): one for one in take_in(landing, made).verdicts}
    assert {one["status"] for one in verdicts.values()} == {"accepted"}

    def said(supplier: str, check: str) -> str:
        found = verdicts[supplier, YEAR]["findings"]
        return " ".join(one["problem"] for one in found if one["check_id"] == check)

    assert "« Heures » : 5.00 ligne par ligne de « Marchés »" in said(codes[0], "PLA-03")
    assert "« Marchés » : 25 lignes, contre 60" in said(codes[1], "PLA-01")
    assert "« Facilitateurs » : 35 lignes, contre 100" in said("network", "PLA-01")
    assert said(codes[2], "PLA-01") == said(codes[2], "PLA-03") == ""


def test_a_social_security_number_has_a_key() -> None:
    assert is_nir("2 76 03 59 001 123 07") == (97 - 2760359001123 % 97 == 7)
    good_one = f"2760359001123{97 - 2760359001123 % 97:02d}"
    assert is_nir(good_one)
    assert not is_nir(good_one[:-1] + str((int(good_one[-1]) + 1) % 10))
    assert not is_nir("21590350100017")


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@x", "\tx", "\rx"])
def test_cells_that_a_spreadsheet_would_run(text: str) -> None:
    assert neutralised(text) == f"'{text}"
    assert neutralised(f"x{text}") == f"x{text}"


def test_a_landing_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(LandingError):
        discover(tmp_path / "nowhere")
    with pytest.raises(LandingError):
        discover(tmp_path)
    (tmp_path / "plie").mkdir()
    (tmp_path / "plie" / "59-09").mkdir()
    (tmp_path / "plie" / "59-09" / "notes.txt").write_text("")
    (tmp_path / "autre").mkdir()
    deliveries, ignored = discover(tmp_path)
    assert deliveries == []
    assert len(ignored) == 2


# ------------------------------------------------------------------------------------------- batches side by side


def die(*_: object) -> dict:
    os._exit(9)


def where(name: str, progress: Callable[[str], None]) -> dict[str, int]:
    progress(name)
    return {name: os.getpid()}


def test_processes_serve_several_rounds() -> None:
    said: list[str] = []
    with side_by_side(said.append) as run:
        found = run(where, [("first",)])
        found |= run(where, [("second",), ("third",)])
        assert run(where, []) == {}
    assert sorted(said) == sorted(found) == ["first", "second", "third"]
    # No process for each task, and never this one.
    assert os.getpid() not in found.values() and len(set(found.values())) <= PROCESSES
    assert one_by_one(said.append)(where, [("here",), ("there",)]) == {"here": os.getpid(), "there": os.getpid()}
    assert said[3:] == ["here", "there"]


def test_batches_side_by_side_give_the_verdicts_of_all_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of the comparison with the network, which is in other batches; whatever the order of the tables in the
    delivery that a batch begins with."""
    landing = tmp_path / "landing"
    for number, supplier in enumerate((GOOD, *NETWORK)):
        folder, tables = landing / "plie" / supplier / str(YEAR), good(supplier, people=40)
        if number % 2:
            write(folder, tables)
        else:
            folder.mkdir(parents=True)
            (folder / "livraison.xlsx").write_bytes(workbook(dict(reversed(tables.items()))))
    for check in ("PLA-03", "PLA-04", "STR-05", "ENR-03"):
        CASES[check](landing / "plie" / SUPPLIERS[check] / str(YEAR), SUPPLIERS[check])
    write(landing / "clause" / "CL-59-01" / str(YEAR), good_clause("CL-59-01"))
    write(landing / "network" / str(YEAR), good_network(str(YEAR), ("CL-59-01",)))
    at_once = take_in(landing, DataFolder(tmp_path / "one"))
    monkeypatch.setattr(intake, "BATCH_DELIVERIES", 3)
    in_turn = take_in(landing, DataFolder(tmp_path / "two"))
    monkeypatch.setattr(intake, "MANY_DELIVERIES", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    said: list[str] = []
    side_by_side = take_in(landing, DataFolder(tmp_path / "three"), progress=said.append)
    assert at_once.verdicts == in_turn.verdicts == side_by_side.verdicts
    assert {one["kind"] for one in at_once.verdicts} == {"plie", "clause", "network"}
    assert {one["status"] for one in at_once.verdicts} == {"accepted", "refused"}
    failed = {one["check_id"] for verdict in at_once.verdicts for one in verdict["checks"] if one["status"] == "fail"}
    assert failed >= {"PLA-03", "PLA-04", "STR-05", "ENR-03"}
    assert any("CL-59-01" in step for step in said) and any(GOOD in step for step in said)
    one, two, three = (written(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two == three and len(one) > 2 * len(at_once.verdicts)
    # A process that dies is an error of the intake, and no traceback.
    monkeypatch.setattr(intake, "_judge_batch", die)
    with pytest.raises(StoreError, match="died"):
        take_in(landing, DataFolder(tmp_path / "dead"))


def written(folder: Path) -> dict[str, object]:
    """What an intake left: rows of the store and of the check results, texts of the verdicts."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*.*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".parquet":
            found[name] = sorted(duckdb.read_parquet(str(path)).fetchall(), key=str)
        elif path.suffix in (".json", ".csv"):
            found[name] = path.read_bytes()
    return found
