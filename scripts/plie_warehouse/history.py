"""The history that a build writes for the next one, which finds the figures that moved: ``quality.revisions``.

``history/<sample or store>/last`` leads to the folder of the last build that passed: Parquet files of its figures, its
deliveries in force, its name, what was suppressed of it, and all revisions up to it (dbt reads them:
models/staging/history). A new folder is written whole, and takes its place in one step; a process that dies leaves the
old one or the new one. Only the owner may read it, because it holds suppressed figures.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

import duckdb

from plie_warehouse.files import lead_to, sync
from plie_warehouse.paths import DataFolder
from plie_warehouse.sql import text

LAST = "last"

# File -> its rows in the warehouse.
OF_WAREHOUSE = {
    "figures": "select reporting_year, territory_kind, territory_code, indicator_code, cut, cut_value, method_version,"
    " numerator, denominator, value from marts.indicators order by all",
    "revisions": "from quality.revisions order by all",
    "disclosure_figures": "select reporting_year, territory_kind, territory_code, mart, cut, cut_value, measure,"
    " measure_value from intermediate.int_disclosure__figures where is_protected order by all",
    "disclosure_suppressed": "from intermediate.int_disclosure__suppressed order by all",
}


def last_of(data: DataFolder, source: str) -> Path:
    """Folder of the history of a source (``sample`` or ``store``); it is missing before the first build."""
    return data.history / source / LAST


def prepare(data: DataFolder, warehouse: Path, deliveries: dict[str, Any], rules: str) -> Path:
    """Write the history of ``warehouse``, which passed; nothing reads it before ``commit``.

    ``deliveries``: see ``build_inputs.deliveries_in_force``; ``rules``: name of the code and reference lists.
    Returns the folder, for ``commit``. Raises ``OSError`` or ``duckdb.Error`` when it cannot be written, and the last
    history is as it was.
    """
    last = last_of(data, deliveries["source"])
    folder = last.parent
    for private in (data.history, folder):
        private.mkdir(mode=0o700, exist_ok=True)
        private.chmod(0o700)
    for left in folder.iterdir():
        if left != last and left != last.resolve():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
    coming = folder / uuid.uuid4().hex
    coming.mkdir(mode=0o700)
    with duckdb.connect() as connection:
        connection.execute(f"attach {text(warehouse)} as warehouse (read_only); use warehouse")
        for name, query in OF_WAREHOUSE.items():
            _write(connection, query, coming / f"{name}.parquet")
        named = f"select build_id, as_of_date, {text(rules)} as rules from marts.build_info"
        _write(connection, named, coming / "build.parquet")
        connection.execute(
            "create temp table deliveries (kind varchar, supplier_code varchar, reporting_year integer,"
            " delivery_id varchar)"
        )
        for one in deliveries["in_force"]:
            row = [one["kind"], one["supplier_code"], one["year"], one["delivery_id"]]
            connection.execute("insert into temp.deliveries values (?, ?, ?, ?)", row)
        _write(connection, "from temp.deliveries order by all", coming / "deliveries.parquet")
    sync(coming)
    return coming


def commit(coming: Path) -> None:
    """Put in place, in one step, what ``prepare`` wrote, and delete the history before it."""
    lead_to(coming.parent / LAST, coming)


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"copy ({query}) to {text(path)} (format parquet, compression zstd)")
    path.chmod(0o600)
    sync(path)
