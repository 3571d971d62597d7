"""The released tables, and the DuckDB file that BI tools open.

All tables of schema ``published`` of the warehouse: the aggregates with their small counts suppressed (D60), lists of
territories and suppliers, the build; never a person-level row. With them the reference lists that readers need.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from plie_warehouse.contract import identifying_columns
from plie_warehouse.errors import ReleaseError
from plie_warehouse.release.build_attestation import AGAIN
from plie_warehouse.release.reader_comments import COMMENTS, ReaderComments
from plie_warehouse.sql import text

PUBLISHED, REFERENCE = "published", "reference"
BUILD_INFO, INDICATORS, CHANGES, SCORECARD = "build_info", "indicators", "indicator_changes", "plie_scorecard"

# The lists that a reader of the published tables needs: labels, definitions, parameters, what is published at which
# level and how the rest is suppressed.
REFERENCE_TABLES = (
    "additive_relations",
    "comparison_statuses",
    "esf_indicator_list",
    "exit_classes",
    "exit_reasons",
    "glossary",
    "headline_figures",
    "measures",
    "parameters",
    "profiles",
    "publication_statuses",
    "published_quantities",
    COMMENTS,
    "rules",
    "step_families",
    "territory_kinds",
)

# Columns of these lists that readers do not get: queries and columns of the private warehouse, and how to read them.
PRIVATE_COLUMNS = {"measures": ("is_summed", "rows_sql"), "esf_indicator_list": ("attribute",)}

# Storage that DuckDB 1.4 and later can read. Most tables are small: with the usual blocks of 256 KiB the file would be
# ten times as large.
STORAGE_VERSION, BLOCK_SIZE = "v1.4.0", 16384

# How every column of a published table ends its description.
DESCRIPTION = re.compile(r"(?P<description>.*\.) Unit: (?P<unit>[^.]+)\. Rule: (?P<rule>D\w\w)\.", re.DOTALL)


def written(comment: str, french: str) -> str:
    """A comment of the released file: in English, then in French."""
    return f"{comment} FR : {french}" if french else comment


@dataclass(frozen=True)
class Column:
    """``comment``: empty when it has none; ``french``: the same for readers."""

    name: str
    type: str
    comment: str
    french: str = ""

    @property
    def written(self) -> str:
        return written(self.comment, self.french)


@dataclass(frozen=True)
class Table:
    """A released table as it must be written. ``key``: empty when it declares none; ``checksum``: see ``checksum_of``;
    ``quick``: see ``quick_of``; ``french``: its comment for readers."""

    schema: str
    name: str
    comment: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: int
    checksum: str
    quick: int
    french: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def encoded(columns: Sequence[str]) -> str:
    """Arguments of *concat*: each value as text behind its length, for a null a dash, so that no two rows are alike."""
    return ", ".join(
        f"""coalesce(length("{name}"::varchar)::varchar, '-'), ':', "{name}"::varchar""" for name in columns
    )


def checksum_of(connection: duckdb.DuckDBPyConnection, rows: str, columns: Sequence[str]) -> tuple[int, str]:
    """Number of rows and checksum of all their columns, the same whatever their order. ``rows``: what stands behind
    *from*. SHA-256 of each row (see ``encoded``); SHA-256 of these, sorted."""
    return connection.execute(
        f"select count(*), sha256(coalesce(string_agg(digest, '' order by digest), ''))"
        f" from (select sha256(concat({encoded(columns)})) as digest from {rows})"
    ).fetchone()


def quick_of(connection: duckdb.DuckDBPyConnection, rows: str) -> tuple[int, int]:
    """Number of rows and a checksum of this version of DuckDB, many times quicker than the released checksum.
    ``rows``: what stands behind *from*."""
    return connection.execute(f"select count(*), sum(hash(one)) from (from {rows}) as one").fetchone()


def attach(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """Attach the private warehouse, read-only."""
    connection.execute(f"attach {text(warehouse)} as warehouse (read_only)")


def build_info(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The build of the staged tables: name, extraction date, versions."""
    found = connection.execute(f"from stage.{PUBLISHED}.{BUILD_INFO}")
    names = [name for name, *_ in found.description]
    return {name: str(value) for name, value in zip(names, found.fetchone(), strict=True)}


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
    name = f"stage.{table.full_name}"
    comments = [f'comment on column {name}."{column.name}" is {text(column.written)}' for column in table.columns]
    connection.execute(
        "; ".join([f"comment on table {name} is {text(written(table.comment, table.french))}", *comments])
    )


def stage(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    """Copy the released tables from the attached warehouse into memory, catalog ``stage``; rows and checksums are those
    of the warehouse. Raises ``ReleaseError`` when a table is missing, has no description, or has rows by person."""
    connection.execute("attach ':memory:' as stage")
    tables = []
    schemas = ((PUBLISHED, (BUILD_INFO, INDICATORS)), (REFERENCE, REFERENCE_TABLES))
    there = {schema: _columns(connection, "warehouse", schema) for schema, _ in schemas}
    for schema, needed in schemas:
        if missing := [f"{schema}.{name}" for name in needed if name not in there[schema]]:
            raise ReleaseError(f"the warehouse does not hold what is published: {', '.join(missing)}; {AGAIN}")
    french = ReaderComments.read(connection, "warehouse")
    for schema, needed in schemas:
        columns = there[schema]
        comments, keys = _comments(connection, "warehouse", schema), _keys(connection, schema)
        connection.execute(f"create schema stage.{schema}")
        for name in sorted(columns) if schema == PUBLISHED else needed:
            private = PRIVATE_COLUMNS.get(name, ()) if schema == REFERENCE else ()
            public = tuple(column for column in columns[name] if column.name not in private)
            rows = f"warehouse.{schema}.{name}"
            if private:
                rows = f"(select * exclude ({', '.join(private)}) from {rows})"
            public = tuple(replace(column, french=french.column(schema, name, column.name)) for column in public)
            table = _table(connection, rows, schema, name, comments.get(name, ""), public, keys.get(name, ()))
            table = replace(table, french=french.table(schema, name))
            _demand_fit(table)
            connection.execute(f"create table stage.{table.full_name} as from {rows} order by {_order(table)}")
            _comment(connection, table)
            tables.append(table)
    return tables


def _table(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    schema: str,
    name: str,
    comment: str,
    columns: tuple[Column, ...],
    key: tuple[str, ...],
) -> Table:
    """A table with its checksums. ``rows``: where it is."""
    count, checksum = checksum_of(connection, rows, [column.name for column in columns])
    _, quick = quick_of(connection, rows)
    return Table(schema, name, comment, columns, key, count, checksum, quick)


def _order(table: Table) -> str:
    """The key, else all columns: the same rows give the same files."""
    return ", ".join(f'"{name}"' for name in table.key) or "all"


def _demand_fit(table: Table) -> None:
    """Every column is described, one of a published table with unit and rule; none identifies a person or what is done
    with one (D60). Raises ``ReleaseError``."""
    persons = sorted(identifying_columns() & set(table.names))
    if persons:
        raise ReleaseError(f"{table.full_name} has rows by person: {', '.join(persons)}")
    described = DESCRIPTION.fullmatch if table.schema == PUBLISHED else bool
    without = [column.name for column in table.columns if not described(column.comment)]
    if without or not table.comment:
        raise ReleaseError(f"{table.full_name} is not described, or without unit or rule: {', '.join(without)}")
    without = [column.name for column in table.columns if not column.french]
    if without or not table.french:
        raise ReleaseError(f"{table.full_name} has no French text in {REFERENCE}.{COMMENTS}: {', '.join(without)}")


def stage_name(connection: duckdb.DuckDBPyConnection, published_id: str) -> Table:
    """Add the name of the release, which leads from the file to its manifest."""
    name = f"stage.{PUBLISHED}.publication"
    connection.execute(f"create table {name} as select {text(published_id)} as published_id")
    french = ReaderComments.read(connection, "stage")
    column = Column(
        "published_id",
        "VARCHAR",
        "Name of the publication. Unit: identifier. Rule: D61.",
        french.column(PUBLISHED, "publication", "published_id"),
    )
    table = _table(
        connection,
        name,
        PUBLISHED,
        "publication",
        "One row: this publication; versions/<published_id>/manifest.json describes it (D61).",
        (column,),
        ("published_id",),
    )
    table = replace(table, french=french.table(PUBLISHED, "publication"))
    _demand_fit(table)
    _comment(connection, table)
    return table


def write(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Write the staged tables, and nothing else, into a new file."""
    connection.execute(f"attach {text(file)} as serving (storage_version '{STORAGE_VERSION}', block_size {BLOCK_SIZE})")
    connection.execute("copy from database stage to serving")
    connection.execute("checkpoint serving")
    connection.execute("detach serving")


def check(file: Path, meant: Sequence[Table]) -> None:
    """Raises ``ReleaseError`` unless the file opens read-only, holds the tables ``meant``, and has no log beside it."""
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
                    meant_columns = tuple(Column(one.name, one.type, one.written) for one in table.columns)
                    demand(
                        table.full_name,
                        (written(table.comment, table.french), meant_columns),
                        (comments[table.name], columns[table.name]),
                    )
        for table in meant:
            demand(table.full_name, (table.rows, table.quick), quick_of(connection, table.full_name))
    if Path(f"{file}.wal").exists():
        raise ReleaseError(f"{file.name}: changes lie beside the file")


def demand(what: str, meant: object, found: object) -> None:
    """Raises ``ReleaseError`` when they are not the same."""
    if meant != found:
        raise ReleaseError(f"{what}: {meant} was meant, {found} was written")
