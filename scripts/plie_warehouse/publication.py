"""Write the file that BI tools open.

It holds the aggregates, never a person-level row. Counts below national level may be small enough to tell a
neighbour's story, and hiding them takes more than leaving them out (D60): until a disclosure control stands before this
step, only national rows leave the private warehouse.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

PUBLISHED, REFERENCE = "published", "reference"
NATIONAL = "territory_kind = 'national'"

# The lists that a reader of the published tables needs: labels, definitions, parameters.
REFERENCE_TABLES = (
    "exit_classes",
    "exit_reasons",
    "indicator_definitions",
    "parameters",
    "profiles",
    "rules",
    "step_families",
    "territory_kinds",
)

# Storage that DuckDB 1.4 and later can read.
STORAGE_VERSION = "v1.4.0"


class PublicationError(Exception):
    """The file that was written is not what was meant."""


def _columns(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, dict[str, str | None]]:
    """Table -> column -> comment of one schema of the attached warehouse."""
    tables: dict[str, dict[str, str | None]] = {}
    for table, column, comment in connection.execute(
        "select table_name, column_name, comment from duckdb_columns()"
        " where database_name = 'warehouse' and schema_name = ? order by table_name, column_index",
        [schema],
    ).fetchall():
        tables.setdefault(table, {})[column] = comment
    return tables


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _copy(connection: duckdb.DuckDBPyConnection, source: str, target: str, where: str) -> int:
    """Copy one table with its comments; returns the number of rows."""
    schema, table = source.split(".")
    connection.execute(f"create table {target} as select * from warehouse.{source} where {where}")
    comment = connection.execute(
        "select comment from duckdb_tables() where database_name = 'warehouse' and schema_name = ? and table_name = ?",
        [schema, table],
    ).fetchone()
    if comment and comment[0]:
        connection.execute(f"comment on table {target} is {_text(comment[0])}")
    for column, text in _columns(connection, schema)[table].items():
        if text:
            connection.execute(f'comment on column {target}."{column}" is {_text(text)}')
    return connection.execute(f"select count(*) from {target}").fetchone()[0]


def publish(warehouse: Path, serving: Path) -> dict[str, int]:
    """Write ``serving`` afresh from ``warehouse`` and put it in place in one step.

    The aggregates of schema ``marts`` (those with a territory), national rows only, and the reference lists that they
    need. A reader that has the old file open keeps it. Returns the rows of each table. Raises ``PublicationError`` when
    the written file does not hold what was meant, and leaves the old one in place.
    """
    serving.parent.mkdir(parents=True, exist_ok=True)
    # Readers are not the user who builds.
    serving.parent.chmod(0o755)
    draft = serving.parent / f".{serving.name}.{os.getpid()}"
    draft.unlink(missing_ok=True)
    try:
        meant: dict[str, int] = {}
        with duckdb.connect() as connection:
            connection.execute(f"attach {_text(str(warehouse))} as warehouse (read_only)")
            connection.execute(f"attach {_text(str(draft))} as serving (storage_version '{STORAGE_VERSION}')")
            for schema in (PUBLISHED, REFERENCE):
                connection.execute(f"create schema serving.{schema}")
            for table, columns in _columns(connection, "marts").items():
                if "territory_kind" in columns:
                    target = f"{PUBLISHED}.{table}"
                    meant[target] = _copy(connection, f"marts.{table}", f"serving.{target}", NATIONAL)
            target = f"{PUBLISHED}.build_info"
            meant[target] = _copy(connection, "marts.build_info", f"serving.{target}", "true")
            for table in REFERENCE_TABLES:
                target = f"{REFERENCE}.{table}"
                meant[target] = _copy(connection, f"reference.{table}", f"serving.{target}", "true")
            connection.execute("checkpoint serving")
            connection.execute("detach serving")
        _check(draft, meant)
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.chmod(0o644)
        draft.replace(serving)
    finally:
        draft.unlink(missing_ok=True)
        Path(f"{draft}.wal").unlink(missing_ok=True)
    return meant


def _check(draft: Path, meant: dict[str, int]) -> None:
    """The file opens read-only and each table has the rows that were meant."""
    with duckdb.connect(str(draft), read_only=True) as connection:
        for table, rows in meant.items():
            found = connection.execute(f"select count(*) from {table}").fetchone()[0]
            if found != rows:
                raise PublicationError(f"{table}: {rows} rows were meant, {found} are in the file")
