"""PostgreSQL: rows in and out by its own COPY, so that no extension is needed on either side."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from plie_warehouse.engines import BUILT_SCHEMAS, EngineError
from plie_warehouse.sql import text

TARGET = "postgres"
OLDEST_VERSION = 15
# No delivered text is this: a null of a file of values.
NULL = r"\N"
NAMES = {"VARCHAR": "text", "DOUBLE": "double precision", "FLOAT": "real", "HUGEINT": "numeric(38)"}


def name(*parts: str) -> str:
    """A quoted name."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def demand() -> None:
    """Raise ``EngineError`` unless dbt's adapter is there, the client, and a server that is new enough."""
    try:
        from dbt.adapters import postgres as adapter
    except ImportError as error:
        raise EngineError("what dbt needs of postgres is not installed: run make engine-postgres") from error
    del adapter
    connect().close()


def connect():
    """A connection to the server that libpq's variables name. Raises ``EngineError`` when there is none, an old one, or
    no client."""
    try:
        import psycopg2
    except ImportError as error:
        raise EngineError(
            "the client of PostgreSQL is not in this environment: run make engine-postgres or make publish-postgres"
        ) from error

    server = {
        "host": os.environ.get("PGHOST", "127.0.0.1"),
        "user": os.environ.get("PGUSER", "postgres"),
        "dbname": os.environ.get("PGDATABASE", "plie"),
    }
    try:
        connection = psycopg2.connect(**server)
    except psycopg2.OperationalError as error:
        raise EngineError(
            f"no PostgreSQL answers as {server}: set PGHOST, PGPORT, PGUSER and PGDATABASE ({str(error).strip()})"
        ) from error
    if connection.server_version < OLDEST_VERSION * 10_000:
        version = connection.server_version // 10_000
        connection.close()
        raise EngineError(f"PostgreSQL {version} is too old: {OLDEST_VERSION} or later is needed")
    return connection


def column_types(duck: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """column -> type of PostgreSQL, of a relation of DuckDB."""
    rows = duck.execute(f"select column_name, column_type from (describe {relation})").fetchall()
    return {column: NAMES.get(kind, kind) for column, kind in rows}


def copy_in(cursor, duck: duckdb.DuckDBPyConnection, relation: str, table: str) -> int:
    """Fill a table, which is there and empty, with a relation of DuckDB; returns its rows."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        duck.execute(f"copy (from {relation}) to {text(file)} (format csv, header false, nullstr {text(NULL)})")
        with file.open("rb") as rows:
            cursor.copy_expert(f"copy {table} from stdin (format csv, null {text(NULL)})", rows)
    return cursor.rowcount


def load(folder: Path, tables: Iterable[str]) -> dict[str, str]:
    """Bring the files of ``delivered`` to the server, in one transaction: all of them or none. The schemas that they
    are in, and those of an earlier build, are dropped first. A build needs no variables for it."""
    tables = sorted(tables)
    brought = sorted({table.split(".")[0] for table in tables})
    duck = duckdb.connect()
    connection = connect()
    with connection, connection.cursor() as cursor:
        for schema in [*brought, *BUILT_SCHEMAS]:
            cursor.execute(f"drop schema if exists {name(schema)} cascade")
            cursor.execute(f"create schema {name(schema)}")
        for table in tables:
            relation = f"read_parquet({text(folder / f'{table}.parquet')})"
            columns = ", ".join(
                f"{name(column)} {kind}" for column, kind in column_types(duck, f"(from {relation})").items()
            )
            cursor.execute(f"create table {name(*table.split('.'))} ({columns})")
            copy_in(cursor, duck, relation, name(*table.split(".")))
            cursor.execute(f"analyze {name(*table.split('.'))}")
    connection.close()
    return {}


@contextmanager
def table_reader(folder: Path | None = None) -> Iterator[object]:
    """A function that makes a table of the server a temporary table of DuckDB, of texts: ``read(duck, schema, table)``
    returns its name. One transaction reads all of them; no folder is needed. Raises ``EngineError`` when a table is not
    there."""
    import psycopg2

    connection = connect()
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)

    def read(duck: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
        with connection.cursor() as cursor, tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rows.csv"
            try:
                with file.open("wb") as rows:
                    cursor.copy_expert(
                        f"copy (select * from {name(schema, table)}) to stdout"
                        f" (format csv, header, force_quote *, null {text(NULL)})",
                        rows,
                    )
            except psycopg2.errors.UndefinedTable as error:
                raise EngineError(
                    f"PostgreSQL has no table {schema}.{table}: its schemas are half built; run plie engines postgres"
                ) from error
            duck.execute(
                f"create or replace temp table theirs as from read_csv({text(file)}, all_varchar = true, header = true,"
                f" delim = ',', quote = '\"', escape = '\"', nullstr = {text(NULL)}, allow_quoted_nulls = false)"
            )
        return "theirs"

    try:
        yield read
    finally:
        connection.close()
