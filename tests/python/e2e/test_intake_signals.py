"""What the intake only points to, on both sides of each boundary: exits whose dates do not go together (D1D), ages
at which nobody enters, and what registers and survey say beyond its limit (D59), situations that are not those of the
exit (D81, D82). None of it refuses anything."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hostile import YEAR, good, text, write, write_bytes
from openpyxl import load_workbook

from plie_warehouse.contract import read_seed
from plie_warehouse.intake import take_in
from plie_warehouse.landing.landing_headers import contract_of
from plie_warehouse.paths import DataFolder

# Cells -> check, value shown; none: nothing to see. The exit of each case is of 30/11/2021, the entry of 2021.
JOB = {"exit_reason": "emploi_durable", "contract_type": "cdi"}
EXITS = [
    (JOB | {"contract_start_date": "01/06/2021"}, None, ""),
    (JOB | {"contract_start_date": "02/06/2021"}, "ENR-11", "30/11/2021 / 2021-12-01"),
    (JOB | {"contract_start_date": "31/08/2021"}, "ENR-11", "30/11/2021 / 2022-02-27"),
    ({"exit_reason": "autre_sortie_positive", "contract_start_date": "02/06/2021"}, None, ""),
    (JOB, None, ""),
    ({"exit_reason": "formation_qualifiante", "validated_on": "31/12/2021"}, None, ""),
    ({"exit_reason": "formation_qualifiante", "validated_on": "01/01/2022"}, "ENR-12", "30/11/2021 / 01/01/2022"),
    (JOB | {"contract_start_date": "01/05/2021", "validated_on": "01/05/2021"}, None, ""),
    (JOB | {"contract_start_date": "01/05/2021", "validated_on": "2021-04-30"}, "ENR-13", "01/05/2021 / 2021-04-30"),
    (JOB | {"contract_start_date": "31/06/2021"}, "ENR-03", "31/06/2021"),
    (JOB | {"contract_start_date": "01/06/0021"}, "ENR-09", "01/06/0021"),
    ({"labour_status_at_exit": "en_emploi", "labour_status_on": "30/11/2021"}, None, ""),
    ({"labour_status_at_exit": "en_emploi", "labour_status_on": "28/12/2021"}, None, ""),
    ({"labour_status_at_exit": "en_emploi", "labour_status_on": "29/12/2021"}, "ENR-16", "30/11/2021 / 29/12/2021"),
    ({"labour_status_at_exit": "en_emploi", "labour_status_on": "2021-11-29"}, "ENR-16", "30/11/2021 / 2021-11-29"),
    ({"qualification_obtained_on": "28/12/2021"}, None, ""),
    ({"qualification_obtained_on": "29/12/2021"}, "ENR-17", "30/11/2021 / 29/12/2021"),
]
PARTICIPANTS = [
    ({"birth_year": "2005"}, None, ""),
    ({"birth_year": "2006"}, "ENR-14", "2006 / 03/06/2021"),
    ({"birth_year": "1941"}, None, ""),
    ({"birth_year": "1940"}, "ENR-14", "1940 / 03/06/2021"),
    ({"birth_year": ""}, None, ""),
    ({"birth_year": "1899"}, "ENR-09", "1899"),
    ({"labour_status_at_entry": "demandeur_emploi", "jobseeker_months": "1"}, None, ""),
    ({"labour_status_at_entry": "inactif", "jobseeker_months": "0"}, None, ""),
    ({"labour_status_at_entry": "inactif", "jobseeker_months": "1"}, "ENR-15", "inactif / 1"),
    ({"labour_status_at_entry": "inactif", "jobseeker_months": "0.6"}, "ENR-03", "0.6"),
    ({"labour_status_at_entry": "chomage"}, "ENR-04", "chomage"),
]
CASES = [("exits", *case) for case in EXITS] + [("participants", *case) for case in PARTICIPANTS]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """The verdict of each case, of one intake: a supplier a case, with the cells in the row of one person."""
    root = tmp_path_factory.mktemp("signals")
    suppliers = [f"S{number}" for number in range(len(CASES))]
    for supplier, (table, cells, *_) in zip(suppliers, CASES, strict=True):
        tables = good(supplier)
        for row in tables["participants"]:
            row["entry_date"] = "03/06/2021" if table == "participants" else "04/01/2021"
        tables[table][0].update(cells)
        write(root / "landing" / "plie" / supplier / str(YEAR), tables)
    data = DataFolder(root / "data")
    take_in(root / "landing", data)
    paths = [data.verdict("plie", supplier, YEAR) / "verdict.json" for supplier in suppliers]
    return [json.loads(Path(path).read_text(encoding="utf-8")) for path in paths]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_dates_and_ages_that_do_not_go_together_are_pointed_to(number: int, verdicts: list[dict]) -> None:
    table, cells, check, value = CASES[number]
    verdict = verdicts[number]
    assert verdict["status"] == "accepted"
    found = [one for one in verdict["findings"] if one["check_id"].startswith("ENR")]
    assert [(one["check_id"], one["value"]) for one in found] == ([(check, value)] if check else []), (cells, found)
    for one in found:
        assert one["row"] == 2 and one["file"] == f"{table}.csv"
        assert one["problem"] and one["remedy"]


# What the head of the network delivers: table -> rows, and line and value of each finding. Codes are those of the
# register, which holds the subjects apart.
A, B, C, D, E = (row["plie_code"] for row in read_seed("plie_register")[:5])


def team(plie: str, name: str, headcount: str, fte: str) -> dict[str, str]:
    return {"plie_code": plie, "team": name, "headcount": headcount, "fte": fte}


HEAD = {
    "survey_teams": (
        [
            team(A, "interne", "3", "2,5"), team(A, "referent_interne", "3", "2.50"),
            team(B, "Interne", "9", "2,5"), team(B.lower(), "referent_interne", "10", "2,51"),
            # Unknown is beyond nothing, referents of others are no part of the team, and a team is that of its PLIE.
            team(C, "interne", "", ""), team(C, "referent_interne", "4", "4"), team(C, "referent_externe", "4", "4"),
            team(D, "interne", "1", "1"), team(D, "referent_interne", "", ""), team(D, "referent_externe", "4", "4"),
            team(E, "referent_interne", "4", "4"),
        ],
        {("ENR-18", 5, "10 / 9"), ("ENR-18", 5, "2,51 / 2,5")},
    ),
    "intermediate_bodies": (
        [{"oi_code": body, "plie_code": plie} for body, plie in (("OI-1", A), ("oi-1", B), ("OI-2", C))],
        {("ENR-19", 4, "OI-2 / 1")},
    ),
    "facilitators": (
        [
            {"structure_code": f"CL-{number}", "headcount": headcount, "fte": fte}
            for number, (headcount, fte) in enumerate((("2", "2"), ("2", "2,01"), ("10", "9"), ("", "1"), ("1", "")))
        ],
        {("ENR-20", 3, "2,01 / 2")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("table", HEAD)
def test_the_head_of_the_network_is_told_what_is_beyond_its_limit(table: str, tmp_path: Path) -> None:
    """In each form of the verdict, with what to check. The delivery is accepted as it is (D59)."""
    rows, expected = HEAD[table]
    contract = contract_of(table)
    year = {"reporting_year": YEAR} if "reporting_year" in contract.names else {}
    folder = tmp_path / "landing" / contract.kind / YEAR
    write_bytes(folder / f"{table}.csv", text(table, [year | row for row in rows], contract.names))
    data = DataFolder(tmp_path / "data")
    [verdict] = take_in(tmp_path / "landing", data).verdicts
    told = [one for one in verdict["findings"] if one["check_id"] in {"ENR-18", "ENR-19", "ENR-20"}]
    assert verdict["status"] == "accepted"
    assert {(one["check_id"], one["row"], one["value"]) for one in told} == expected and len(told) == len(expected)
    assert {one["severity"] for one in verdict["checks"] if one["status"] == "fail"} == {"avertissement"}
    where = data.verdict(contract.kind, verdict["supplier_code"], int(YEAR))
    with (where / "verdict.csv").open(encoding="utf-8-sig", newline="") as file:
        of_csv = [*csv.reader(file, delimiter=";")]
    of_book = [["" if cell is None else str(cell) for cell in row] for row in _sheet(where / "verdict.xlsx")]
    for one in told:
        line = [one[name] for name in ("file", "row", "column", "value", "problem", "remedy")]
        line = [*map(str, line), "avertissement", one["check_id"]]
        assert one["remedy"] and line in of_csv and line in of_book


def _sheet(book: Path) -> list[tuple]:
    return [*load_workbook(book)["À corriger"].iter_rows(values_only=True)]
