"""The synthetic landing folders: what they hold, and that the same seed gives the same bytes."""

from __future__ import annotations

import filecmp
from pathlib import Path

import numpy as np
import pytest
from conftest import run_script

from plie_warehouse.contract import Table, load_contract, load_kind
from plie_warehouse.landing import national, national_clause
from plie_warehouse.landing.headers import header_line

TABLES = [table for kind in load_contract().values() for table in kind.tables]


def test_the_sample_is_written_twice_alike(tmp_path: Path) -> None:
    """Workbooks and archives included: nothing in them tells when they were written."""
    for name in ("one", "two"):
        done = run_script("make_landing.py", "--output", str(tmp_path / name), data=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "22 deliveries" in done.stdout
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert {path.suffix for path in files} == {".csv", ".xlsx", ".zip"}
    _, differing, missing = filecmp.cmpfiles(tmp_path / "one", tmp_path / "two", files, shallow=False)
    assert (differing, missing) == ([], [])


def test_the_sample_has_two_years(tmp_path: Path) -> None:
    done = run_script("make_landing.py", "--output", str(tmp_path / "new"), "--year", "2022", data=tmp_path)
    assert done.returncode == 2
    assert "2020 and 2021" in done.stderr


def test_a_national_year() -> None:
    """The volumes of the network, every row valid: in order, linked, in the year, and under one key."""
    codes = national.plie_codes()
    tables = national.draw_year(codes, 2021, np.random.default_rng(1))
    participants, steps, exits = tables["participants"], tables["steps"], tables["exits"]
    assert (len(codes), len(participants), len(steps), len(exits)) == (128, 131_000, 165_000, 31_500)
    sizes = participants.groupby("place").size()
    assert (sizes.min(), sizes.max(), len(sizes)) == (national.SMALLEST, national.LARGEST, 128)
    first, last = (national.days_since(2021, *day) for day in ((1, 1), (12, 31)))
    assert (participants["entry_date"] >= first).mean() == pytest.approx(0.25)

    key = ["plie_code", "participant_id"]
    assert not participants.duplicated(key).any() and not exits.duplicated(key).any()
    assert not steps.duplicated(["plie_code", "step_id"]).any()
    left = exits[[*key, "exit_date"]].merge(participants[[*key, "entry_date"]], on=key)
    assert len(left) == len(exits)
    assert ((left["exit_date"] > left["entry_date"]) & left["exit_date"].between(first, last)).all()
    done = steps.merge(participants[[*key, "entry_date"]], on=key).merge(left[[*key, "exit_date"]], on=key, how="left")
    assert len(done) == len(steps)
    end = done["end_date"].where(done["end_date"] > 0, last)
    assert (done["start_date"] <= end).all()
    assert ((end >= first) & (done["start_date"] <= last)).all()
    assert ((end >= done["entry_date"]) & (done["start_date"] <= done["exit_date"].fillna(last))).all()


def test_a_national_year_of_the_clause() -> None:
    """The volumes of the network; one row under each key save repetitions, and every fault in a few rows."""
    codes = national_clause.structure_codes()
    assert len(set(codes)) == len(codes) == 366
    tables = national_clause.draw_clause_year(codes, 2021, np.random.default_rng(1))
    lots, people, contracts, hours = (
        tables[name] for name in ("procurements", "beneficiaries", "work_contracts", "hours")
    )
    assert (len(people), len(contracts), len(hours)) == (57_000, 75_000, 600_000)
    assert len(lots[["buyer_id", "procurement_id"]].drop_duplicates()) == 58_000 < len(lots)
    assert hours["hours"].sum() / 100 == pytest.approx(national_clause.HOURS, rel=0.03)
    for name, table in tables.items():
        key = [column for column in load_kind("clause").table(name).key if column != "reporting_year"]
        assert not table.drop_duplicates().duplicated(key).any(), name
        assert table["place"].nunique() == 366, name
    assert hours.duplicated().sum() == 600
    assert set(contracts["beneficiary_id"]) == set(people["beneficiary_id"])

    rows = hours.drop_duplicates().merge(contracts.drop(columns="place"), on=["structure_code", "work_contract_id"])
    assert len(rows) == 599_400
    of_month = rows.groupby(["structure_code", "work_contract_id", "month"])["hours"].transform("sum")
    number = rows["month"].str[5:].astype(int)
    first_of_month = np.array([0, *(national.days_since(2021, month, 1) for month in range(1, 13))])[number]
    known = rows.merge(lots[["structure_code", "buyer_id", "procurement_id", "lot_no"]].assign(there=True), how="left")
    faults = {
        "unlikely": (of_month > 22_000) | (rows["hours"] <= 0),
        "other year": rows["month"].str[:4] != "2021",
        "no lot": known["there"].isna(),
        "out of the contract": (rows["end_date"] > 0) & (rows["end_date"] < first_of_month),
        "no proof": rows["proof"] == "",
    }
    for name, found in faults.items():
        assert 500 < found.sum() < 3000, name
    assert (people["eligibility_validated_on"] == 0).sum() > 100


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize("spelling", range(3))
def test_headers_of_a_file_differ(table: Table, spelling: int) -> None:
    """No two columns of a file share a header."""
    line = header_line(table.name, table.names, spelling)
    assert len(set(line)) == len(table.names)
    assert header_line(table.name, table.names, None) == table.names
