"""Tables of the warehouse as the second enforcement reads them: whole or by column, in one batch or in several."""

from __future__ import annotations

import duckdb
import pytest

from plie_warehouse.validation import frames, joined
from plie_warehouse.validation.frames import Warehouse

ROWS = [("1", "a", None), ("2", "b", "1.50"), ("3", "a", "0.00"), ("4", None, "1.50")]


@pytest.mark.parametrize("batch", [1, 3, 4, 100])
# Twelve values: read by one query up to their number.
@pytest.mark.parametrize(("few", "queries"), [(11, 3), (12, 1)])
def test_texts_are_the_same_however_they_are_read(
    few: int, queries: int, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "FEW_VALUES", few)
    monkeypatch.setattr(joined, "BATCH", batch)
    read = []
    monkeypatch.setattr(frames, "pooled", lambda rows: read.append(rows) or joined.pooled(rows))
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create table marts.figures (n integer, code varchar, v decimal(9, 2))")
        connection.executemany("insert into marts.figures values (?, ?, ?)", ROWS)
        texts = Warehouse(connection).texts("marts", "figures")
        found = [texts[name].as_series().tolist() for name in ("n", "code", "v")]
        some = Warehouse(connection).texts("marts", "figures", ["code", "absent"], "n > 2")
        assert list(some) == ["code"] and some["code"].as_series().tolist() == ["a", None]
    assert [*zip(*found, strict=True)] == ROWS
    assert len(read) == queries + 1
