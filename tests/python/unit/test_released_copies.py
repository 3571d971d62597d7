"""The CSV copies of published tables: no cell runs in a spreadsheet, and every text comes back as it was."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from plie_warehouse.errors import ReleaseError
from plie_warehouse.release import released_copies
from plie_warehouse.release.released_tables import Column, Table, quick_of

RUN = ('=HYPERLINK("http://x")', "+33", "-1", "@SUM(1)", "\t=1", "  =1", "＝1", "\n=1", "'=1", "''-2")
SHOWN = ("PLIE", "l'eau", "'entre apostrophes'", "a=b", "", None)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Table]]:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as stage; create schema stage.published")
        connection.execute("create table stage.published.names (code integer, name varchar)")
        connection.executemany("insert into stage.published.names values (?, ?)", list(enumerate((*RUN, *SHOWN))))
        columns = (Column("code", "INTEGER", "A number."), Column("name", "VARCHAR", "A name."))
        rows, quick = quick_of(connection, "stage.published.names")
        yield connection, Table("published", "names", "Names.", columns, ("code",), rows, "", quick)


def test_no_cell_runs_and_every_text_comes_back(stage: tuple[duckdb.DuckDBPyConnection, Table], tmp_path: Path) -> None:
    connection, table = stage
    released_copies.write(connection, tmp_path, [table])
    with (tmp_path / "csv" / "names.csv").open(encoding="utf-8", newline="") as file:
        [_, *cells] = [row[1] for row in csv.reader(file)]
    assert cells == [f"'{text}" for text in RUN] + [text or "" for text in SHOWN]
    released_copies.check(tmp_path, [table])


def test_a_copy_with_another_text_is_refused(stage: tuple[duckdb.DuckDBPyConnection, Table], tmp_path: Path) -> None:
    connection, table = stage
    released_copies.write(connection, tmp_path, [table])
    path = tmp_path / "csv" / "names.csv"
    path.write_text(path.read_text("utf-8").replace("'+33", "+34"), "utf-8")
    with pytest.raises(ReleaseError, match=r"csv/names\.csv"):
        released_copies.check(tmp_path, [table])
