"""What is published, and the DuckDB file that BI tools open.

It holds the aggregates, never a person-level row. Counts below national level may be small enough to tell a
neighbour's story, and hiding them takes more than leaving them out (D60): until a disclosure control stands before this
step, only national rows leave the private warehouse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from plie_warehouse.publication.errors import PublicationError

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

# Storage that DuckDB 1.4 and later can read. Most tables are small: with the usual blocks of 256 KiB the file would be
# ten times as large.
STORAGE_VERSION, BLOCK_SIZE = "v1.4.0", 16384


@dataclass(frozen=True)
class Column:
    """``comment``: empty when it has none."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class Table:
    """A published table as it is meant to be. ``checksum``: see ``checksum_of``."""

    schema: str
    name: str
    comment: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: int
    checksum: str

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


def text(value: str) -> str:
    """A literal. Parameters would load pandas, which takes longer than all the rest."""
    return "'" + value.replace("'", "''") + "'"


def checksum_of(connection: duckdb.DuckDBPyConnection, rows: str, columns: Sequence[str]) -> tuple[int, str]:
    """Number of rows and checksum of all their columns, the same whatever their order. ``rows``: what stands behind
    *from*. Each value as text behind its length, for a null a dash; SHA-256 of each row; SHA-256 of these, sorted."""
    values = ", ".join(
        f"""coalesce(length("{name}"::varchar)::varchar, '-'), ':', "{name}"::varchar""" for name in columns
    )
    return connection.execute(
        f"select count(*), sha256(coalesce(string_agg(digest, '' order by digest), ''))"
        f" from (select sha256(concat({values})) as digest from {rows})"
    ).fetchone()


def attach(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """Attach the private warehouse, read-only."""
    connection.execute(f"attach {text(str(warehouse))} as warehouse (read_only)")


def build_info(connection: duckdb.DuckDBPyConnection) -> tuple[str, str, str]:
    """Build, extraction date and version of dbt of the attached warehouse."""
    return connection.execute(
        "select build_id, as_of_date::varchar, dbt_version from warehouse.marts.build_info"
    ).fetchone()


def _columns(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> dict[str, tuple[Column, ...]]:
    """Table -> columns of one schema."""
    found: dict[str, tuple[Column, ...]] = {}
    for table, *column in connection.execute(
        "select table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns()"
        f" where database_name = {text(database)} and schema_name = {text(schema)} order by table_name, column_index"
    ).fetchall():
        found[table] = (*found.get(table, ()), Column(*column))
    return found


def _comments(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> dict[str, str]:
    return dict(
        connection.execute(
            "select table_name, coalesce(comment, '') from duckdb_tables()"
            f" where database_name = {text(database)} and schema_name = {text(schema)}"
        ).fetchall()
    )


def _keys(connection: duckdb.DuckDBPyConnection, schema: str) -> dict[str, tuple[str, ...]]:
    return {
        table: tuple(columns)
        for table, columns in connection.execute(
            "select table_name, constraint_column_names from duckdb_constraints()"
            f" where database_name = 'warehouse' and schema_name = {text(schema)} and constraint_type = 'PRIMARY KEY'"
        ).fetchall()
    }


def _comment(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    if table.comment:
        connection.execute(f"comment on table stage.{table.full_name} is {text(table.comment)}")
    for column in table.columns:
        if column.comment:
            connection.execute(f'comment on column stage.{table.full_name}."{column.name}" is {text(column.comment)}')


def stage(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    """Copy what is published from the attached warehouse into memory, catalog ``stage``.

    The aggregates of schema ``marts`` (those with a territory), national rows only, and the reference lists that they
    need. Rows and checksums are those of the warehouse.
    """
    connection.execute("attach ':memory:' as stage")
    wanted = [("marts", "build_info", "true")]
    for name, columns in _columns(connection, "warehouse", "marts").items():
        if any(column.name == "territory_kind" for column in columns):
            wanted.append(("marts", name, NATIONAL))
    wanted += [("reference", name, "true") for name in REFERENCE_TABLES]

    tables = []
    for source, target in (("marts", PUBLISHED), ("reference", REFERENCE)):
        connection.execute(f"create schema stage.{target}")
        columns, comments, keys = (
            _columns(connection, "warehouse", source),
            _comments(connection, "warehouse", source),
            _keys(connection, source),
        )
        for name, where in sorted((name, where) for schema, name, where in wanted if schema == source):
            rows = f"warehouse.{source}.{name} where {where}"
            count, checksum = checksum_of(connection, rows, [column.name for column in columns[name]])
            table = Table(target, name, comments[name], columns[name], keys.get(name, ()), count, checksum)
            connection.execute(f"create table stage.{table.full_name} as select * from {rows} order by all")
            _comment(connection, table)
            tables.append(table)
    return tables


def stage_name(connection: duckdb.DuckDBPyConnection, published_id: str) -> Table:
    """Add the name of the publication, by which the file names its own manifest."""
    name = f"stage.{PUBLISHED}.publication"
    connection.execute(f"create table {name} as select {text(published_id)} as published_id")
    count, checksum = checksum_of(connection, name, ["published_id"])
    table = Table(
        PUBLISHED,
        "publication",
        "One row: this publication; versions/<published_id>/manifest.json describes it (D61).",
        (Column("published_id", "VARCHAR", "Name of the publication. Unit: identifier. Rule: D61."),),
        ("published_id",),
        count,
        checksum,
    )
    _comment(connection, table)
    return table


def write(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Write what is staged into a new file: copied as a whole, so that it holds nothing else."""
    connection.execute(
        f"attach {text(str(file))} as serving (storage_version '{STORAGE_VERSION}', block_size {BLOCK_SIZE})"
    )
    connection.execute("copy from database stage to serving")
    connection.execute("checkpoint serving")
    connection.execute("detach serving")


def check(file: Path, meant: Sequence[Table]) -> None:
    """The file opens read-only and holds what was meant, with nothing beside it. Raises ``PublicationError``."""
    with duckdb.connect(str(file), read_only=True) as connection:
        database, storage = connection.execute(
            "select database_name, tags['storage_version'] from duckdb_databases() where not internal"
        ).fetchone()
        demand("storage", f"{STORAGE_VERSION}+", storage)
        found = set(connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall())
        demand("tables", {(table.full_name,) for table in meant}, found)
        for schema in (PUBLISHED, REFERENCE):
            columns, comments = _columns(connection, database, schema), _comments(connection, database, schema)
            for table in meant:
                if table.schema == schema:
                    demand(table.full_name, (table.comment, table.columns), (comments[table.name], columns[table.name]))
        for table in meant:
            found = checksum_of(connection, table.full_name, [column.name for column in table.columns])
            demand(f"rows and checksum of {table.full_name}", (table.rows, table.checksum), found)
    if Path(f"{file}.wal").exists():
        raise PublicationError(f"{file.name}: changes lie beside the file")


def demand(what: str, meant: object, found: object) -> None:
    """Raises ``PublicationError`` when they are not the same."""
    if meant != found:
        raise PublicationError(f"{what}: {meant} was meant, {found} was written")
