"""The floor of a build: its compiled SQL, models and data tests, straight in one DuckDB connection, without dbt.

Run as a program, ``python -m plie_warehouse.measuring.floor RUN BUILT ANSWER``, in a process of its own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from plie_warehouse.paths import PROJECT
from plie_warehouse.sql import text

KINDS = ("seed", "model", "test")


@dataclass(frozen=True)
class Floor:
    """``seconds`` of wall and of ``processor`` for the SQL of ``models`` and ``tests``. What is not SQL, seeds and
    models in Python, is copied from what the build left and not counted."""

    seconds: float
    processor: float
    models: int
    tests: int


def floor(run: Path, built: Path, beside: Path | None = None) -> Floor:
    """Execute the SQL that a run of dbt left in the folder ``run``, its target: the nodes that it ran, in the order of
    the graph. ``built``: the file that it made; ``beside``: the folder to work in, that of ``built`` unless given.
    Raises ``duckdb.Error`` when a statement fails."""
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    results = json.loads((run / "run_results.json").read_text(encoding="utf-8"))["results"]
    sql = {result["unique_id"]: result["compiled_code"] for result in results}
    nodes = {name: node for name, node in manifest["nodes"].items() if name in sql and node["resource_type"] in KINDS}
    seconds = processor = 0.0
    counts = {"model": 0, "test": 0}
    # Compiled SQL names its catalogue, which DuckDB names after the file.
    with (
        tempfile.TemporaryDirectory(prefix="floor-", dir=beside or built.parent) as folder,
        duckdb.connect(str(Path(folder) / built.name), config=settings()) as connection,
    ):
        connection.execute(f"attach {text(str(built))} as built (read_only)")
        _prepare(connection, nodes)
        for name in _ordered(nodes):
            node = nodes[name]
            statement = _statement(node, sql[name])
            if statement is None:
                _copy(connection, node)
                continue
            started, used = time.perf_counter(), time.process_time()
            connection.execute(statement).fetchall()
            seconds += time.perf_counter() - started
            processor += time.process_time() - used
            counts[node["resource_type"]] += 1
    return Floor(seconds, processor, counts["model"], counts["test"])


def settings() -> dict[str, Any]:
    """Those that dbt's connection has (profiles.yml)."""
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    output = profile["plie_warehouse"]["outputs"]["local"]
    given = {name: value for name, value in output["settings"].items() if "{{" not in str(value)}
    return given | {"threads": output["threads"], "memory_limit": os.environ.get("PLIE_DUCKDB_MEMORY", "1500MB")}


def _prepare(connection: duckdb.DuckDBPyConnection, nodes: Mapping[str, dict[str, Any]]) -> None:
    for schema in sorted({node["schema"] for node in nodes.values() if node["resource_type"] != "test"}):
        connection.execute(f'create schema if not exists "{schema}"')
    connection.execute("set variable build_id = 'floor'; set variable rules = 'floor'")
    # What the build reads besides its nodes: the plan of its run, and nodes that it was not asked for.
    made = {(node["schema"], node["alias"]) for node in nodes.values()}
    there = connection.execute("select schema_name, table_name from duckdb_tables() where database_name = 'built'")
    for schema, table in there.fetchall():
        if (schema, table) not in made:
            connection.execute(f'create schema if not exists "{schema}"')
            connection.execute(f'create view "{schema}"."{table}" as from built."{schema}"."{table}"')


def _ordered(nodes: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """Each node after those that it depends on; the models first, so that no test waits for one."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in done or name not in nodes:
            return
        done.add(name)
        for parent in nodes[name]["depends_on"].get("nodes", ()):
            yield from visit(parent)
        yield name

    for name in sorted(nodes, key=lambda one: nodes[one]["resource_type"] == "test"):
        yield from visit(name)


def _statement(node: Mapping[str, Any], sql: str | None) -> str | None:
    if node["resource_type"] == "test":
        return f"select count(*) from ({sql})"
    if node["resource_type"] != "model" or node["language"] != "sql":
        return None
    kind = "view" if node["config"]["materialized"] == "view" else "table"
    return f'create {kind} "{node["schema"]}"."{node["alias"]}" as ({sql})'


def _copy(connection: duckdb.DuckDBPyConnection, node: Mapping[str, Any]) -> None:
    name = f'"{node["schema"]}"."{node["alias"]}"'
    connection.execute(f"create table {name} as from built.{name}")


if __name__ == "__main__":
    target, file, answer = map(Path, sys.argv[1:])
    answer.write_text(json.dumps(asdict(floor(target, file))), encoding="utf-8")
