"""Run deliveries written in a test through the project's compiled models, in memory and in about a second.

The SQL is the one that dbt compiled for the build under test, model by model in the order of their dependencies, on
tables that hold the rows of the test. Contracts and dbt tests are not part of it: the build of the sample covers them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from plie_warehouse.contract import Table, load_contract
from plie_warehouse.paths import PROJECT

DELIVERED: dict[str, Table] = {table.name: table for kind in load_contract().values() for table in kind.tables}

# How a staging model reads the sample's file of a delivered table.
FILE = re.compile(r"read_csv\(\s*'seeds/raw/\w+/(\w+)\.csv'[^)]*\)")


def _in_sql(models: dict[str, Any]) -> dict[str, Any]:
    """Models but those in Python, and those that stand on them: what is published is decided after all else."""
    left_out = {key for key, node in models.items() if node["language"] == "python"}
    while more := {
        key for key, node in models.items() if key not in left_out and left_out & set(node["depends_on"]["nodes"])
    }:
        left_out |= more
    return {key: node for key, node in models.items() if key not in left_out}


class Scenario:
    """An in-memory warehouse with the reference lists of a built one and deliveries of its own."""

    def __init__(self, warehouse: Path, target: Path) -> None:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        self.models = _in_sql(
            {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
        )
        # What an earlier build or the intake left has no part in it.
        self.left = [
            source["relation_name"]
            for source in manifest["sources"].values()
            if source["source_name"] in ("history", "intake")
        ]
        self.compiled = target / "compiled" / manifest["metadata"]["project_name"]
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as warehouse")
        self.connection.execute("use warehouse")
        self.connection.execute(f"attach '{warehouse}' as built (read_only)")
        for schema in ("raw", "reference", "staging", "intermediate", "marts", "published", "quality"):
            self.connection.execute(f"create schema if not exists {schema}")
        for name, table in DELIVERED.items():
            columns = ", ".join(f"{column} varchar" for column in table.names)
            self.connection.execute(f"create table raw.{name} ({columns})")
        for table in self._built_tables("reference"):
            self.connection.execute(f"create table reference.{table} as from built.reference.{table}")

    def __enter__(self) -> Scenario:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def _built_tables(self, schema: str) -> list[str]:
        return [
            table
            for (table,) in self.connection.execute(
                "select table_name from duckdb_tables() where database_name = 'built' and schema_name = ?", [schema]
            ).fetchall()
        ]

    def deliver(self, table: str, rows: Iterable[Mapping[str, str | None]]) -> None:
        """Add rows to a delivered table, as text; a column that a row does not name is blank."""
        for row in rows:
            columns = ", ".join(row)
            marks = ", ".join("?" for _ in row)
            self.connection.execute(f"insert into raw.{table} ({columns}) values ({marks})", list(row.values()))

    def deliver_sample(self) -> Scenario:
        """Add the rows of the sample to every delivered table."""
        for name, table in DELIVERED.items():
            file = PROJECT / "seeds" / "raw" / table.kind / f"{name}.csv"
            rows = f"from read_csv('{file}', all_varchar = true, header = true, delim = ',')"
            self.connection.execute(f"insert into raw.{name} {rows}")
        return self

    def run(self, mutate: Mapping[str, tuple[str, str]] | None = None) -> Scenario:
        """Build every model from the delivered rows. ``mutate``: model -> (text, replacement) in its compiled SQL, to
        see what notices; the text must be there."""
        order = TopologicalSorter({key: node["depends_on"]["nodes"] for key, node in self.models.items()})
        for key in order.static_order():
            node = self.models.get(key)
            if node is None:
                continue
            sql = (self.compiled / node["original_file_path"]).read_text(encoding="utf-8")
            sql = FILE.sub(r"raw.\1", sql)
            for relation in self.left:
                sql = sql.replace(relation, f"(select * from {relation} where false)")
            if mutate and node["name"] in mutate:
                before, after = mutate[node["name"]]
                assert before in sql, f"{node['name']} does not say: {before}"
                sql = sql.replace(before, after)
            self.connection.execute(f"create or replace table {node['schema']}.{node['name']} as {sql}")
        return self

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query on what was built."""
        return self.connection.execute(sql).fetchall()

    def dicts(self, sql: str) -> list[dict[str, Any]]:
        """The same, as dictionaries."""
        cursor = self.connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
