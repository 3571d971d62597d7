"""What the intake only points to, on both sides of each boundary: exits whose dates do not go together (D1D), ages
at which nobody enters (D59), situations that are not those of the exit (D81, D82). None of it refuses anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hostile import YEAR, good, write

from plie_warehouse.intake import take_in
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
