"""Who the registers know: what the network head delivered, else the embedded list of PLIE, else nobody can say."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from hostile import NETWORK_COLUMNS, Tables, csv_bytes, good, good_clause, good_network, write
from openpyxl import load_workbook

from plie_warehouse.contract import read_seed
from plie_warehouse.intake import Intake, take_in
from plie_warehouse.intake.registers import NO_REGISTER_FR
from plie_warehouse.paths import DataFolder

YEAR, STRUCTURE, PLIE = 2021, "CL-59-01", read_seed("plie_register")[0]["plie_code"]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """A structure and a PLIE deliver."""
    write(tmp_path / "landing" / "clause" / STRUCTURE / str(YEAR), good_clause(STRUCTURE))
    write(tmp_path / "landing" / "plie" / PLIE / str(YEAR), good(PLIE))
    return tmp_path / "landing"


def register(landing: Path, *structures: str, year: int = YEAR, **more: Tables) -> None:
    write(landing / "network" / str(year), good_network(str(year), structures) | more)


def statuses(intake: Intake) -> dict[str, str]:
    """Supplier -> what STR-18 says of it."""
    return {
        verdict["supplier_code"]: check["status"]
        for verdict in intake.verdicts
        for check in verdict["checks"]
        if check["check_id"] == "STR-18"
    }


def test_no_register_at_all(landing: Path, data: DataFolder) -> None:
    """No list of clause structures is embedded: the check has nothing to look into, and the verdict says so."""
    intake = take_in(landing, data)
    assert statuses(intake) == {PLIE: "pass", STRUCTURE: "not_applicable"}
    assert [verdict["notes"] for verdict in intake.verdicts] == [[], [NO_REGISTER_FR["clause"]]]
    sheet = load_workbook(data.verdict("clause", STRUCTURE, YEAR) / "verdict.xlsx")["Synthèse"]
    assert any("niveau national seulement" in str(cell.value) for row in sheet for cell in row)


def test_a_register_of_the_same_run_is_judged_first(landing: Path, data: DataFolder) -> None:
    register(landing, "CL-00-00", STRUCTURE.lower())
    intake = take_in(landing, data)
    assert [verdict["kind"] for verdict in intake.verdicts] == ["plie", "clause", "network"]
    assert statuses(intake) == {PLIE: "pass", STRUCTURE: "pass", "network": "not_applicable"}


def test_a_new_register_judges_again_what_did_not_change(landing: Path, data: DataFolder, tmp_path: Path) -> None:
    take_in(landing, data)
    register(landing, "CL-00-00")
    intake = take_in(landing, data)
    assert statuses(intake)[STRUCTURE] == "fail"
    assert {verdict["supplier_code"]: verdict["status"] for verdict in intake.verdicts} == {
        PLIE: "unchanged", STRUCTURE: "unchanged", "network": "accepted",
    }  # fmt: skip
    # The register of another run and another year counts as well: a structure that existed stays known.
    register(tmp_path / "other", STRUCTURE, year=2019)
    take_in(tmp_path / "other", data)
    assert statuses(take_in(landing, data))[STRUCTURE] == "pass"


def test_a_refused_register_leaves_the_last_one(landing: Path, data: DataFolder) -> None:
    register(landing, STRUCTURE)
    take_in(landing, data)
    (landing / "network" / str(YEAR) / "clause_structures.csv").write_bytes(b"")
    intake = take_in(landing, data)
    assert intake.with_status("refused")[0]["kind"] == "network"
    assert statuses(intake)[STRUCTURE] == "pass"


def test_a_delivered_register_of_plie_comes_before_the_embedded_one(landing: Path, data: DataFolder) -> None:
    columns = ("plie_code", "name", "town", "department_code", "opened_on", "closed_on")
    path = landing / "network" / str(YEAR) / "plie_register.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(csv_bytes(columns, [("00-00", "PLIE de l'exemple", "Exemple", "59", "", "")]))
    assert statuses(take_in(landing, data)) == {PLIE: "fail", STRUCTURE: "not_applicable", "network": "not_applicable"}
    path.write_bytes(csv_bytes(columns, [(PLIE, "PLIE de l'exemple", "Exemple", "59", "", "")]))
    assert statuses(take_in(landing, data))[PLIE] == "pass"


def test_facilitators_alone_are_no_register(landing: Path, data: DataFolder) -> None:
    tables = good_network(str(YEAR), [STRUCTURE])
    write(landing / "network" / str(YEAR), {"facilitators": tables["facilitators"]})
    assert set(tables) == set(NETWORK_COLUMNS)
    assert statuses(take_in(landing, data))[STRUCTURE] == "not_applicable"


def test_check_results_of_two_kinds_with_one_code(tmp_path: Path, data: DataFolder) -> None:
    """A PLIE and a clause structure bear one code: neither takes the place of the other."""
    landing = tmp_path / "landing"
    write(landing / "clause" / PLIE / str(YEAR), good_clause(PLIE))
    write(landing / "plie" / PLIE / str(YEAR), good(PLIE))
    assert [verdict["status"] for verdict in take_in(landing, data).verdicts] == ["accepted"] * 2
    write(landing / "clause" / PLIE / str(YEAR), good_clause(PLIE), hours=b"")
    assert [verdict["status"] for verdict in take_in(landing, data).verdicts] == ["unchanged", "refused"]
    assert not (data.accepted / "refused" / "plie").exists()
    refusal = json.loads((data.accepted / "refused" / "clause" / PLIE / f"{YEAR}.json").read_text(encoding="utf-8"))
    assert (refusal["kind"], refusal["check_id"]) == ("clause", "STR-02")
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select kind, count(*), count(distinct check_id), count(*) filter (where status = 'fail' and severity ="
            " 'erreur') from read_parquet(?) group by all order by kind",
            [str(data.accepted / "check_results.parquet")],
        ).fetchall()
    assert [(kind, failed) for kind, _, _, failed in rows] == [("clause", 1), ("plie", 0)]
    assert all(count == different for _, count, different, _ in rows)
