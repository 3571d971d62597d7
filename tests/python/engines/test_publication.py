"""The release in a PostgreSQL: equal to the last cell, with keys and comments, whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from plie_warehouse.engines import EngineError, postgres, publication
from plie_warehouse.engines.compare import compare_tables
from plie_warehouse.engines.publication import READERS, publish_to_postgres
from plie_warehouse.paths import DataFolder

pytest.importorskip("psycopg2", reason="not in this environment: run make engine-tests")

InProcess = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sql(server: None) -> Iterator:
    """Run a statement on the server, committed at once; returns its rows."""
    connection = postgres.connect()
    connection.autocommit = True

    def run(statement: str, *values: object) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    for schema in ("plie_published", "elsewhere"):
        run(f"drop schema if exists {schema} cascade")
    yield run
    connection.close()


def test_the_release_is_there_to_the_last_cell(sql, data: DataFolder, in_process: InProcess) -> None:
    code, said, wrong = in_process("publish-postgres", data=data.root)
    assert code == 0, wrong
    released = json.loads((data.serving.parent / "datapackage.json").read_text(encoding="utf-8"))
    tables = [resource["duckdb"] for resource in released["resources"]]
    assert f"{released['version']}: {len(tables)} tables" in said
    with postgres.table_reader() as read:
        result = compare_tables(data.serving, tables, lambda duck, _, table: read(duck, "plie_published", table))
    assert result.differences == []
    assert (result.tables, len(tables) > 40) == (len(tables), True)

    keys = sql(
        "select constrained.relname, array_agg(attname::text order by place) from pg_constraint"
        " inner join pg_class as constrained on conrelid = constrained.oid"
        " cross join unnest(conkey) with ordinality as key (attnum, place)"
        " inner join pg_attribute on attrelid = conrelid and pg_attribute.attnum = key.attnum"
        " where contype = 'p' and connamespace = 'plie_published'::regnamespace group by 1"
    )
    meant = {one["name"]: one["schema"]["primaryKey"] for one in released["resources"] if "primaryKey" in one["schema"]}
    assert dict(keys) == meant

    with duckdb.connect(str(data.serving), read_only=True) as served:
        for statement, there in (
            (
                "select table_name, comment from duckdb_tables()",
                "select relname, obj_description(oid, 'pg_class') from pg_class where relkind = 'r'"
                " and relnamespace = 'plie_published'::regnamespace",
            ),
            (
                "select table_name || '.' || column_name, comment from duckdb_columns() where not internal"
                " and table_name in (select table_name from duckdb_tables())",
                "select table_name || '.' || column_name, col_description(format('%I.%I', table_schema, table_name)"
                "::regclass, ordinal_position) from information_schema.columns where table_schema = 'plie_published'",
            ),
        ):
            comments = dict(served.execute(statement).fetchall())
            assert all(comments.values())
            assert dict(sql(there)) == comments


def test_the_role_of_readers_reads_and_does_nothing_else(sql, data: DataFolder) -> None:
    publish_to_postgres(data, "plie_published")
    rights = {
        right: sql(
            "select bool_or(has_table_privilege(%s, format('%%I.%%I', schemaname, tablename), %s)),"
            " bool_and(has_table_privilege(%s, format('%%I.%%I', schemaname, tablename), %s))"
            " from pg_tables where schemaname = 'plie_published'",
            READERS, right, READERS, right,
        )[0]
        for right in ("select", "insert", "update", "delete", "truncate")
    }  # fmt: skip
    assert rights.pop("select") == (True, True)
    assert set(rights.values()) == {(False, False)}
    assert sql("select has_schema_privilege(%s, 'plie_published', 'create')", READERS) == [(False,)]
    assert sql("select rolcanlogin, rolsuper, rolcreaterole from pg_roles where rolname = %s", READERS) == [
        (False, False, False)
    ]


def test_again_replaces_what_is_there(sql, data: DataFolder) -> None:
    first = publish_to_postgres(data, "plie_published")
    sql("delete from plie_published.indicators")
    sql("drop table plie_published.rules")
    assert publish_to_postgres(data, "plie_published") == first
    assert sql("select count(*) > 0 from plie_published.indicators") == [(True,)]
    assert sql("select count(*) > 0 from plie_published.rules") == [(True,)]
    assert sql("select obj_description('plie_published'::regnamespace)") == [(f"PLIE release {first[0]}",)]


def test_what_fails_in_the_middle_leaves_all_as_it_was(sql, data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers keep the last release: the schema changes in one transaction."""
    publish_to_postgres(data, "plie_published")
    before = sql("select count(*) from pg_tables where schemaname = 'plie_published'")
    sql("create table plie_published.of_before ()")
    monkeypatch.setattr(publication, "READERS", "pg_not_for_you")
    with pytest.raises(EngineError, match=r"PostgreSQL refused, and plie_published is as it was: .*pg_not_for_you"):
        publish_to_postgres(data, "plie_published")
    ((tables,),) = sql("select count(*) from pg_tables where schemaname = 'plie_published'")
    assert tables == before[0][0] + 1


def test_a_schema_of_somebody_else_is_left_alone(sql, data: DataFolder) -> None:
    sql("create schema elsewhere")
    with pytest.raises(EngineError, match="the schema elsewhere was not made by plie publish-postgres"):
        publish_to_postgres(data, "elsewhere")
    assert sql("select count(*) from pg_tables where schemaname = 'elsewhere'") == [(0,)]


def test_views_of_users_are_not_dropped(sql, data: DataFolder) -> None:
    publish_to_postgres(data, "plie_published")
    sql("create schema elsewhere")
    sql("create view elsewhere.mine as select * from plie_published.indicators")
    with pytest.raises(EngineError, match=r"something else rests on .*view elsewhere\.mine"):
        publish_to_postgres(data, "plie_published")
    assert sql("select count(*) > 0 from elsewhere.mine") == [(True,)]


def test_readers_that_hold_a_table_are_told(sql, data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_to_postgres(data, "plie_published")
    monkeypatch.setattr(publication, "LOCK_TIMEOUT", "1ms")
    reader = postgres.connect()
    with reader.cursor() as cursor:
        cursor.execute("select count(*) from plie_published.indicators")
        with pytest.raises(EngineError, match="readers hold tables of plie_published"):
            publish_to_postgres(data, "plie_published")
    reader.close()


def test_a_damaged_release_is_not_published(sql, data: DataFolder, tmp_path: Path) -> None:
    damaged = DataFolder(tmp_path)
    shutil.copytree(data.serving.parent, damaged.serving.parent)
    (file,) = damaged.serving.parent.glob("versions/*/csv/indicators.csv")
    file.chmod(0o644)
    file.write_text("", encoding="utf-8")
    with pytest.raises(EngineError, match="is not as it was written: run plie publish first"):
        publish_to_postgres(damaged, "plie_published")
    assert sql("select count(*) from pg_namespace where nspname = 'plie_published'") == [(0,)]


def test_nothing_released_is_nothing_published(server: None, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"nothing is released in .*: run plie build first"):
        publish_to_postgres(DataFolder(tmp_path), "plie_published")


def test_a_server_that_is_not_there_or_too_old_is_named(
    server: None, data: DataFolder, in_process: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "OLDEST_VERSION", 99)
    code, _, wrong = in_process("publish-postgres", data=data.root)
    assert code == 2
    assert "is too old: 99 or later is needed" in wrong
    monkeypatch.setenv("PGPORT", "1")
    code, _, wrong = in_process("publish-postgres", data=data.root)
    assert code == 2
    assert "no PostgreSQL answers" in wrong and "set PGHOST, PGPORT, PGUSER and PGDATABASE" in wrong
