"""What a release suppressed of the sample is found again by the next build."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from shared import Built

from plie_warehouse import history
from plie_warehouse.disclosure import step
from plie_warehouse.measuring.measure_disclosure import INPUTS
from plie_warehouse.paths import SAMPLE, DataFolder


def test_the_next_build_of_the_same_decides_nothing(
    built: Built, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of both years all is in the history: a year is named by what the year before suppressed. Only where nothing is
    suppressed there is no row to find, and it is asked again."""
    monkeypatch.setattr(step, "run_in_subprocess", lambda _, network, asked, **__: dict.fromkeys(asked, ()))
    last = history.last_of(DataFolder(built.data), SAMPLE)
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        released = {
            f"released_{name}": connection.read_parquet(str(last / f"disclosure_{name}.parquet"))
            for name in ("figures", "suppressed")
        }
        found = step.suppressed_figures(
            cache=tmp_path,
            **released,
            **{name: connection.table(table) for name, table in INPUTS.items()},
        )
        kept = connection.sql(f"select {', '.join(step.COLUMNS)} from intermediate.int_disclosure__suppressed")
        rows = sorted(kept.fetchall())
    assert {row[0] for row in rows} == {2020, 2021}
    assert sorted(found.itertuples(index=False, name=None)) == rows
