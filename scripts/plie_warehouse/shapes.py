"""Empty Parquet files, one for each source that dbt reads from the data folder. They say the columns where nothing was
delivered, or where a file was written before a column was asked for.

Each lies where the pattern of the source finds it beside the real files (``external_location``, in dbt_project.yml and
the sources' YAML), so that a pattern always finds a file. A dbt-duckdb plugin (profiles.yml) writes them before dbt
opens the warehouse, also for a plain ``dbt build`` on an empty folder.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin

from plie_warehouse.contract import load_contract
from plie_warehouse.paths import PROJECT, DataFolder

# What the intake adds to the columns of a delivered table; all is text in the store.
STORED = ("source_file", "source_row", "delivery_id")


def shapes(data: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The files under a data folder, each with its columns (name -> type)."""
    for kind in load_contract().values():
        for table in kind.tables:
            path = data / "accepted" / table.name / "shape" / "shape" / "shape.parquet"
            yield path, dict.fromkeys((*table.names, *STORED), "varchar")
    for name in ("intake", "history"):
        path = PROJECT / "models" / "staging" / name / f"_{name}__sources.yml"
        [source] = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
        for table in source["tables"]:
            meta = source.get("config", table.get("config"))["meta"]
            for shape in meta.get("shapes", ()):
                columns = {column["name"]: column["data_type"] for column in table["columns"]}
                yield data / shape.format(name=table["name"]), columns


def write_shapes(data: Path) -> None:
    """Write the files, each whole or not at all. Raises ``OSError``."""
    with duckdb.connect() as connection:
        for path, columns in shapes(data):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{uuid.uuid4().hex}")
            _write(connection, columns, temporary)
            os.replace(temporary, path)


def _write(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, str], path: Path) -> None:
    selected = ", ".join(f"cast(null as {type_}) as {name}" for name, type_ in columns.items())
    target = str(path).replace("'", "''")
    connection.execute(f"copy (select {selected} where false) to '{target}' (format parquet)")


class Plugin(BasePlugin):
    """Writes the files when dbt opens the warehouse."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        data = DataFolder.from_environment()
        data.create()
        write_shapes(data.root)
