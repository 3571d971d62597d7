"""The synthetic landing folders: what they hold, and that the same seed gives the same bytes."""

from __future__ import annotations

import filecmp
from pathlib import Path

import numpy as np
import pytest
from conftest import run_script

from plie_warehouse.landing import national
from plie_warehouse.landing.headers import header_line
from plie_warehouse.sample.spellings import COLUMNS


def test_the_sample_is_written_twice_alike(tmp_path: Path) -> None:
    """Workbooks and archives included: nothing in them tells when they were written."""
    for name in ("one", "two"):
        done = run_script("make_landing.py", "--output", str(tmp_path / name), data=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "12 deliveries" in done.stdout
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


@pytest.mark.parametrize("table", COLUMNS)
@pytest.mark.parametrize("spelling", range(3))
def test_headers_of_a_file_differ(table: str, spelling: int) -> None:
    """No two columns of a file share a header."""
    line = header_line(table, COLUMNS[table], spelling)
    assert len(set(line)) == len(COLUMNS[table])
    assert header_line(table, COLUMNS[table], None) == list(COLUMNS[table])
