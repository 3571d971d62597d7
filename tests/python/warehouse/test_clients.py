"""The published file through the clients that its readers use.

Each opens it read-only, reads the figures of the warehouse, cannot write, and after a swap sees the new file as soon as
it connects again; what it held open stays the old one to the end.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import _duckdb
import adbc_driver_manager.dbapi as adbc
import duckdb
import pyarrow as pa
import pytest
import sqlalchemy as sa
from shared import Built
from sqlalchemy.pool import NullPool

from plie_warehouse.paths import PROJECT

# What readers are told of the file.
PAGE = PROJECT / "docs" / "reading-the-published-file.md"
# The first DuckDB that reads it, as the page says it.
STORAGE_VERSION = "v1.4.0"

QUESTION = (
    "select reporting_year, exits, positive_exits from published.plie_outcomes"
    " where territory_kind = 'national' order by reporting_year"
)
ATTACK = "update published.plie_outcomes set exits = 0"
# What DuckDB says in each client.
REFUSED = "read-only mode"

Rows = list[tuple[int, int, int]]


def engine(path: Path) -> sa.Engine:
    """SQLAlchemy as the page shows it: a connection opens the file anew, so that it is the one in place."""
    return sa.create_engine(f"duckdb:///{path}", connect_args={"read_only": True}, poolclass=NullPool)


def arrow(path: Path) -> adbc.Connection:
    """ADBC: the driver is the duckdb package's own library."""
    options = {"path": str(path), "access_mode": "READ_ONLY"}
    return adbc.connect(driver=_duckdb.__file__, entrypoint="duckdb_adbc_init", db_kwargs=options)


def command_line(path: Path, sql: str) -> subprocess.CompletedProcess[str]:
    """The command line of the package duckdb-cli."""
    duckdb_command = Path(sys.executable).with_name("duckdb")
    return subprocess.run(
        [duckdb_command, "-readonly", "-json", "-no-init", path, sql], capture_output=True, text=True, check=False
    )


def with_python(path: Path, sql: str) -> Rows:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def with_sqlalchemy(path: Path, sql: str) -> Rows:
    with engine(path).connect() as connection:
        result = connection.execute(sa.text(sql))
        return [tuple(row) for row in result] if result.returns_rows else []


def with_command_line(path: Path, sql: str) -> Rows:
    done = command_line(path, sql)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [tuple(row.values()) for row in json.loads(done.stdout)]


def with_adbc(path: Path, sql: str) -> Rows:
    with arrow(path) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(row.values()) for row in cursor.fetch_arrow_table().to_pylist()]


@dataclass(frozen=True)
class Client:
    """A way to run one statement on a connection of its own, and the error of a statement that is refused."""

    run: Callable[[Path, str], Rows]
    refusal: type[Exception]


CLIENTS = {
    "python": Client(with_python, duckdb.InvalidInputException),
    "sqlalchemy": Client(with_sqlalchemy, sa.exc.ProgrammingError),
    "command line": Client(with_command_line, RuntimeError),
    "adbc": Client(with_adbc, adbc.ProgrammingError),
}

every_client = pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)


@pytest.fixture
def figures(warehouse: duckdb.DuckDBPyConnection) -> Rows:
    """What the private warehouse answers."""
    return warehouse.execute(QUESTION.replace("published.", "marts.")).fetchall()


@pytest.fixture
def serving(built: Built, tmp_path: Path) -> Path:
    """A copy of the published file, for tests that replace it."""
    copy = tmp_path / built.serving.name
    shutil.copyfile(built.serving, copy)
    return copy


def replace(serving: Path) -> Rows:
    """Put a file with other figures in its place, in one step as a publication does; returns them."""
    draft = serving.with_name("draft.duckdb")
    shutil.copyfile(serving, draft)
    with duckdb.connect(str(draft)) as connection:
        connection.execute("update published.plie_outcomes set exits = exits + 1000, positive_exits = 0")
        figures = connection.execute(QUESTION).fetchall()
    draft.replace(serving)
    return figures


@every_client
def test_a_client_reads_the_figures_of_the_warehouse(client: Client, built: Built, figures: Rows) -> None:
    assert len(figures) == 2
    assert client.run(built.serving, QUESTION) == figures


@every_client
def test_a_client_cannot_write(client: Client, built: Built) -> None:
    before = hashlib.sha256(built.serving.read_bytes()).hexdigest()
    beside = sorted(built.serving.parent.iterdir())
    for statement in (ATTACK, "create table published.mine (a integer)", "drop table published.plie_outcomes"):
        with pytest.raises(client.refusal, match=REFUSED):
            client.run(built.serving, statement)
    assert hashlib.sha256(built.serving.read_bytes()).hexdigest() == before
    assert sorted(built.serving.parent.iterdir()) == beside


@every_client
def test_a_suppressed_figure_is_null_and_says_why(client: Client, built: Built) -> None:
    rows = client.run(
        built.serving,
        "select territory_code, positive_exits, positive_exits_status from published.plie_outcomes"
        " where positive_exits_status <> 'publie' order by all limit 5",
    )
    assert len(rows) == 5
    assert {value for _, value, _ in rows} == {None}
    assert {status for *_, status in rows} <= {"masque_primaire", "masque_secondaire"}


def test_the_attack_would_write(serving: Path) -> None:
    """Without the option the same statement changes the file: it is the option that refuses."""
    with duckdb.connect(str(serving)) as connection:
        connection.execute(ATTACK)
        assert {row[1] for row in connection.execute(QUESTION).fetchall()} == {0}


@every_client
def test_a_client_sees_the_new_file_when_it_connects_again(client: Client, serving: Path, figures: Rows) -> None:
    assert client.run(serving, QUESTION) == figures
    new = replace(serving)
    assert new != figures
    assert client.run(serving, QUESTION) == new


@pytest.mark.parametrize("client", ["python", "sqlalchemy", "adbc"])
def test_a_client_that_holds_the_file_keeps_it_to_the_end(client: str, serving: Path, figures: Rows) -> None:
    """The file that was replaced stays whole for whoever has it open."""
    if client == "python":
        with duckdb.connect(str(serving), read_only=True) as held:
            replace(serving)
            found = held.execute(QUESTION).fetchall()
    elif client == "sqlalchemy":
        with engine(serving).connect() as held:
            replace(serving)
            found = [tuple(row) for row in held.execute(sa.text(QUESTION))]
    else:
        with arrow(serving) as held, held.cursor() as cursor:
            replace(serving)
            cursor.execute(QUESTION)
            found = [tuple(row) for row in cursor.fetchall()]
    assert found == figures


def test_a_pool_holds_the_old_file_until_it_is_disposed_of(serving: Path, figures: Rows) -> None:
    """Why the page asks for NullPool: SQLAlchemy's usual pool keeps connections, and with them the old file."""
    pooled = sa.create_engine(f"duckdb:///{serving}", connect_args={"read_only": True})
    with pooled.connect() as connection:
        connection.execute(sa.text(QUESTION))
    new = replace(serving)
    with pooled.connect() as connection:
        assert [tuple(row) for row in connection.execute(sa.text(QUESTION))] == figures
    pooled.dispose()
    with pooled.connect() as connection:
        assert [tuple(row) for row in connection.execute(sa.text(QUESTION))] == new
    pooled.dispose()


def test_sqlalchemy_reflects_tables_columns_and_comments(built: Built) -> None:
    """What a BI tool shows of the file before anybody has written a query."""
    with closing(duckdb.connect(str(built.serving), read_only=True)) as connection:
        tables = connection.execute(
            "select table_name, comment from duckdb_tables() where schema_name = 'published'"
        ).fetchall()
        columns = connection.execute(
            "select column_name, comment from duckdb_columns()"
            " where schema_name = 'published' and table_name = 'plie_outcomes' order by column_index"
        ).fetchall()
    inspector = sa.inspect(engine(built.serving))
    assert sorted(inspector.get_table_names(schema="published")) == sorted(table for table, _ in tables)
    for table, comment in tables:
        assert inspector.get_table_comment(table, schema="published")["text"] == comment
    found = inspector.get_columns("plie_outcomes", schema="published")
    assert [(column["name"], column["comment"]) for column in found] == columns
    types = {column["name"]: column["type"] for column in found}
    assert isinstance(types["exits"], sa.BigInteger)
    assert isinstance(types["positive_rate_raw"], sa.Numeric)
    assert (types["positive_rate_raw"].precision, types["positive_rate_raw"].scale) == (9, 6)


def test_arrow_keeps_the_types(built: Built) -> None:
    with arrow(built.serving) as connection, connection.cursor() as cursor:
        cursor.execute("select reporting_year, exits, positive_rate_raw, territory_code from published.plie_outcomes")
        table = cursor.fetch_arrow_table()
    assert table.schema.types == [pa.int32(), pa.int64(), pa.decimal128(9, 6), pa.string()]
    assert table.num_rows > 0


def test_the_file_can_be_read_by_the_versions_that_the_page_names(built: Built) -> None:
    """The storage version of the file itself: DuckDB writes it as the first version that reads it."""
    with duckdb.connect(str(built.serving), read_only=True) as connection:
        [(tags,)] = connection.execute(
            "select tags from duckdb_databases() where database_name = 'plie_marts'"
        ).fetchall()
    assert tags["storage_version"].rstrip("+") == STORAGE_VERSION
    assert f"storage `{STORAGE_VERSION}`" in PAGE.read_text(encoding="utf-8")


def test_the_examples_of_the_page_run(built: Built) -> None:
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)
    read = {}
    for example in examples:
        code, paths = re.subn(
            r"/absolute/path/plie_marts\.duckdb|data/serving/plie_marts\.duckdb", str(built.serving), example
        )
        assert paths == 1
        exec(code, read)
    with read["engine"].connect() as connection:
        rows = connection.execute(sa.text("select count(*) from published.plie_outcomes")).scalar_one()
    assert read["table"].num_rows == rows > 0
    assert isinstance(read["engine"].pool, NullPool)


def test_one_user_of_the_system_cannot_change_what_another_reads(built: Built) -> None:
    """Readers are not the user who builds: nobody else may write into the file or the folder."""
    for path in (built.serving, built.serving.parent):
        assert os.stat(path).st_mode & 0o022 == 0, path
