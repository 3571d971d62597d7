"""The current release in a PostgreSQL, for BI tools that read nothing else: one schema, replaced in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable

import duckdb

from plie_warehouse.engines import EngineError
from plie_warehouse.engines.postgres import column_types, connect, copy_in, name
from plie_warehouse.files import locked
from plie_warehouse.paths import DataFolder
from plie_warehouse.release.release_store import ReleaseStore
from plie_warehouse.release.released_copies import DESCRIPTOR
from plie_warehouse.sql import text

# May read the schema and nothing else; who runs the server gives it to logins.
READERS = "plie_readers"
# How the comment of a schema begins that may be replaced.
OURS = "PLIE release "
# How long readers may hold a table that is to be replaced.
LOCK_TIMEOUT = "60s"


def publish_to_postgres(
    data: DataFolder, schema: str, waiting: Callable[[], None] = lambda: None
) -> tuple[str, int, int]:
    """Replace ``schema``, in the database that libpq's variables name, with the tables of the current release, their
    keys and comments, readable for the role ``plie_readers``. Readers see all of one release or all of the other.

    Returns the name of the release, its tables and its rows. ``waiting``: called when a release is being made; this
    waits for it. Raises ``EngineError`` when nothing is released, a file of the release is not as it was written, no
    server answers, or the schema cannot be replaced; the schema is then as it was.
    """
    # A client or a server that is missing is told before anything is read.
    connection = connect()
    import psycopg2

    try:
        data.create()
        with locked(data.root / ".publish.lock", waiting), connection, connection.cursor() as cursor:
            store = ReleaseStore(data.serving, data.quarantine)
            released = store.manifest()
            if not released:
                raise EngineError(f"nothing is released in {data.root}: run plie build first")
            published_id = released["published_id"]
            if not store.version(published_id):
                raise EngineError(f"the release {published_id} is not as it was written: run plie publish first")
            cursor.execute("select set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            _make_schema(cursor, schema, published_id)
            folder = store.versions / published_id
            resources = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))["resources"]
            with duckdb.connect() as duck:
                duck.execute(f"attach {text(folder / data.serving.name)} as released (read_only)")
                rows = sum(_copy_table(cursor, duck, schema, resource) for resource in resources)
            _let_read(cursor, schema)
    except psycopg2.errors.DependentObjectsStillExist as error:
        raise EngineError(
            f"something else rests on the tables of {schema}: drop it, publish, make it again ({_said(error)})"
        ) from error
    except psycopg2.errors.LockNotAvailable as error:
        raise EngineError(
            f"readers hold tables of {schema} for more than {LOCK_TIMEOUT}: end their transactions ({_said(error)})"
        ) from error
    except psycopg2.Error as error:
        raise EngineError(f"PostgreSQL refused, and {schema} is as it was: {_said(error)}") from error
    finally:
        connection.close()
    return published_id, len(resources), rows


def _said(error: Exception) -> str:
    return " ".join(str(error).split())


def _make_schema(cursor, schema: str, published_id: str) -> None:
    """Make the schema, in place of one that this made before, and of no other."""
    cursor.execute(
        "select coalesce(obj_description(oid, 'pg_namespace'), '') from pg_namespace where nspname = %s", [schema]
    )
    if found := cursor.fetchone():
        if not found[0].startswith(OURS):
            raise EngineError(f"the schema {schema} was not made by plie publish-postgres: name another with --schema")
        cursor.execute("select tablename from pg_tables where schemaname = %s", [schema])
        if tables := [name(schema, table) for (table,) in cursor.fetchall()]:
            cursor.execute(f"drop table {', '.join(tables)}")
        cursor.execute(f"drop schema {name(schema)}")
    cursor.execute(f"create schema {name(schema)}")
    cursor.execute(f"comment on schema {name(schema)} is %s", [OURS + published_id])


def _copy_table(cursor, duck: duckdb.DuckDBPyConnection, schema: str, resource: dict) -> int:
    """Make a table as the descriptor of the release says, with its rows; returns how many."""
    origin, table = resource["duckdb"].split(".")
    relation, target = f"released.{name(origin, table)}", name(schema, table)
    columns = [f"{name(column)} {kind}" for column, kind in column_types(duck, relation).items()]
    if key := resource["schema"].get("primaryKey"):
        columns.append(f"primary key ({', '.join(name(column) for column in key)})")
    cursor.execute(f"create table {target} ({', '.join(columns)})")
    rows = copy_in(cursor, duck, relation, target)
    of_table = f"database_name = 'released' and schema_name = {text(origin)} and table_name = {text(table)}"
    (comment,) = duck.execute(f"select comment from duckdb_tables() where {of_table}").fetchone()
    cursor.execute(f"comment on table {target} is %s", [comment])
    for column, comment in duck.execute(
        f"select column_name, comment from duckdb_columns() where {of_table}"
    ).fetchall():
        cursor.execute(f"comment on column {target}.{name(column)} is %s", [comment])
    cursor.execute(f"analyze {target}")
    return rows


def _let_read(cursor, schema: str) -> None:
    cursor.execute("select from pg_roles where rolname = %s", [READERS])
    if not cursor.rowcount:
        cursor.execute(f"create role {name(READERS)} nologin")
    cursor.execute(f"grant usage on schema {name(schema)} to {name(READERS)}")
    cursor.execute(f"grant select on all tables in schema {name(schema)} to {name(READERS)}")
