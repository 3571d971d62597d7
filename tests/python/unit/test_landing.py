"""The synthetic landing folders: what they hold, and that the same seed gives the same bytes."""

from __future__ import annotations

import filecmp
from pathlib import Path

import pytest
from sample_landing import write_sample

from plie_warehouse.contract import Table, load_contract
from plie_warehouse.landing.landing_headers import header_line

TABLES = [table for kind in load_contract().values() for table in kind.tables]


def test_the_sample_is_written_twice_alike(tmp_path: Path) -> None:
    """Workbooks and archives included: nothing in them tells when they were written."""
    for name in ("one", "two"):
        written = write_sample(tmp_path / name, [2021])
        assert len({path.parent for path in written}) == 22
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert {path.suffix for path in files} == {".csv", ".xlsx", ".zip"}
    _, differing, missing = filecmp.cmpfiles(tmp_path / "one", tmp_path / "two", files, shallow=False)
    assert (differing, missing) == ([], [])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize("spelling", range(3))
def test_headers_of_a_file_differ(table: Table, spelling: int) -> None:
    """No two columns of a file share a header."""
    line = header_line(table.name, table.names, spelling)
    assert len(set(line)) == len(table.names)
    assert header_line(table.name, table.names, None) == table.names
