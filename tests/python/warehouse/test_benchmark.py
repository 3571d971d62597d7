"""The programs that the benchmark compares the chain with, on the shared build: they do what the chain does."""

from __future__ import annotations

from pathlib import Path

import duckdb
from shared import Built

from plie_warehouse.measuring.floor import floor
from plie_warehouse.measuring.pandas_outcomes import outcomes
from plie_warehouse.paths import DataFolder
from plie_warehouse.validation.frames import Warehouse


def test_pandas_gives_the_outcomes_of_the_mart(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = outcomes("sample", Warehouse(warehouse))
    names = ["reporting_year", "territory_kind", "territory_code", "exits", "positive_exits", "steps"]
    there = warehouse.execute(f"select {', '.join(names)} from marts.plie_outcomes").fetchall()
    # Steps that were not delivered are none.
    assert ("2021", "plie", "02-04", "2", "1", "None") in {tuple(map(str, row)) for row in there}
    assert {tuple(map(str, row)) for row in found[names].astype(object).itertuples(index=False)} == {
        tuple(map(str, row)) for row in there
    }


def test_the_floor_runs_every_model_and_test_in_sql(built: Built, tmp_path: Path) -> None:
    # The released file is a copy from before the last node.
    found = floor(built.target, DataFolder(built.data).working_file, tmp_path)
    assert found.models > 100 and found.tests > 100
