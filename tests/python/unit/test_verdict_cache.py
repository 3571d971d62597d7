"""A verdict of the second enforcement is reused when all that it depends on is the same by content, and never else."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from plie_warehouse import build_inputs
from plie_warehouse.paths import SAMPLE, STORE
from plie_warehouse.validation import step, verdict_cache
from plie_warehouse.validation.deliveries import content_in_force
from plie_warehouse.validation.frames import Warehouse
from plie_warehouse.validation.outcomes import ExpectationOutcome, SuiteOutcome
from plie_warehouse.validation.revisions import content_of_last
from plie_warehouse.validation.step import drop_cached_pages
from plie_warehouse.validation.verdict_cache import VerdictCache

FIGURES = "select * from (values (2021, 'exits', 3, true), (2021, 'entries', null, false)) as t (year, name, n, shown)"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(f"create schema marts; create table marts.figures as {FIGURES}")
        connection.execute("create table marts.others as select 1 as n")
        yield connection


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "pages" / "validations").mkdir(parents=True)
    (tmp_path / "pages" / "validations" / "plie.html").write_text("conforme", encoding="utf-8")
    return tmp_path / "pages"


def suite(success: bool = True) -> SuiteOutcome:
    outcome = ExpectationOutcome("D03", "critical", "counts", "equal", ("n",), 2, 0 if success else 1, success)
    return SuiteOutcome("plie", "figures", 2, 4, [outcome])


def read(connection: duckdb.DuckDBPyConnection) -> Warehouse:
    """A warehouse of which the figures were read."""
    warehouse = Warehouse(connection)
    warehouse.rows("marts", "figures")
    return warehouse


@pytest.fixture
def cache(tmp_path: Path, connection: duckdb.DuckDBPyConnection, pages: Path) -> VerdictCache:
    """It holds the verdict on the figures."""
    cache = VerdictCache(tmp_path / "cache", lambda: ["program"])
    cache.keep(read(connection), [suite()], pages)
    return cache


def test_the_same_content_has_the_same_verdict_and_pages(
    cache: VerdictCache, connection: duckdb.DuckDBPyConnection
) -> None:
    """Whatever the order of its rows, and whatever the tables hold that nobody read."""
    connection.execute("create or replace table marts.figures as from marts.figures order by name")
    connection.execute("update marts.others set n = 2")
    found = cache.find(Warehouse(connection))
    assert found and found.suites == [suite()]
    assert found.pages == {"validations/plie.html": b"conforme"}


@pytest.mark.parametrize(
    "statement",
    [
        "update marts.figures set n = 4 where n = 3",
        "update marts.figures set n = 0 where n is null",
        "update marts.figures set year = 2020 where name = 'exits'",
        "delete from marts.figures where n is null",
        "insert into marts.figures from marts.figures",
        "insert into marts.figures from marts.figures where n = 3",
        # The values of two rows exchanged.
        "update marts.figures set shown = not shown",
        "alter table marts.figures rename n to m",
        "alter table marts.figures alter n type bigint",
        "alter table marts.figures add column more integer",
        "create or replace table marts.figures as select * replace (name || ' ' as name) from marts.figures",
        "drop table marts.figures",
    ],
)
def test_other_content_has_no_verdict(
    statement: str, cache: VerdictCache, connection: duckdb.DuckDBPyConnection
) -> None:
    connection.execute(statement)
    assert cache.find(Warehouse(connection)) is None


def test_what_moves_from_one_column_to_the_next_is_seen(connection: duckdb.DuckDBPyConnection) -> None:
    """Each value has its own place: null, empty text and a text cut elsewhere are all told apart."""
    rows = [("a", "bc"), ("ab", "c"), ("abc", ""), ("", "abc"), ("abc", None), (None, "abc"), ("a\0b", "c")]
    contents = []
    for row in rows:
        connection.execute("create or replace table marts.texts (one varchar, other varchar)")
        connection.execute("insert into marts.texts values (?, ?)", row)
        contents.append(Warehouse(connection).content("marts", "texts"))
    assert len({json.dumps(content) for content in contents}) == len(rows)


@pytest.mark.parametrize("suites", [[], [suite(success=False)], [suite(), suite(success=False)]])
def test_only_a_pass_is_kept(
    suites: list[SuiteOutcome], tmp_path: Path, connection: duckdb.DuckDBPyConnection, pages: Path
) -> None:
    VerdictCache(tmp_path / "none", lambda: []).keep(read(connection), suites, pages)
    assert not (tmp_path / "none").exists()


def test_what_changes_while_it_is_judged_is_not_kept(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, pages: Path
) -> None:
    deliveries = ["before"]
    cache = VerdictCache(tmp_path / "none", lambda: deliveries)
    deliveries.append("after")
    cache.keep(read(connection), [suite()], pages)
    assert not (tmp_path / "none").exists()


def test_another_program_or_delivery_has_no_verdict(cache: VerdictCache, connection: duckdb.DuckDBPyConnection) -> None:
    assert VerdictCache(cache.folder, lambda: ["program"]).find(Warehouse(connection))
    assert VerdictCache(cache.folder, lambda: ["other"]).find(Warehouse(connection)) is None


def test_a_damaged_file_is_no_verdict(cache: VerdictCache, connection: duckdb.DuckDBPyConnection) -> None:
    """Cut off anywhere, or with a byte of its contents changed."""
    [file] = cache.folder.iterdir()
    whole = file.read_bytes()
    with zipfile.ZipFile(file) as stored:
        starts = [one.header_offset + 30 + len(one.filename) for one in stored.infolist()]
    damaged = [whole[:size] for size in range(0, len(whole), 97)]
    damaged += [whole[:start] + bytes([whole[start] ^ 0x55]) + whole[start + 1 :] for start in starts]
    for content in damaged:
        file.write_bytes(content)
        assert cache.find(Warehouse(connection)) is None
    file.write_bytes(whole)
    assert cache.find(Warehouse(connection))


def test_a_folder_that_cannot_be_written_keeps_nothing_and_fails_nothing(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, pages: Path
) -> None:
    (tmp_path / "taken").touch()
    cache = VerdictCache(tmp_path / "taken", lambda: [])
    cache.keep(read(connection), [suite()], pages)
    assert cache.find(Warehouse(connection)) is None


def test_a_verdict_under_another_name_is_none(cache: VerdictCache, connection: duckdb.DuckDBPyConnection) -> None:
    """What the file of a verdict is about stands in its name; a file that is given another proves nothing."""
    [file] = cache.folder.iterdir()
    connection.execute("update marts.figures set n = 4 where n = 3")
    file.rename(file.with_name(file.name.replace(file.name.split(".")[1], "0" * 64)))
    assert cache.find(Warehouse(connection)) is None


def test_the_cache_is_its_owners_and_bounded(
    cache: VerdictCache, connection: duckdb.DuckDBPyConnection, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdict_cache, "KEPT", 2)
    for number in range(3):
        connection.execute("update marts.figures set n = ?", [100 + number])
        cache.keep(read(connection), [suite()], pages)
    assert len([*cache.folder.iterdir()]) == 2 and cache.find(Warehouse(connection))
    assert cache.folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in cache.folder.iterdir()} == {0o600}


def test_the_program_is_every_file_of_the_package_and_its_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "scripts" / "plie_warehouse"
    (package / "validation" / "declared").mkdir(parents=True)
    files = [tmp_path / "requirements.lock", package / "files.py", package / "validation" / "declared" / "tables.csv"]
    for file in files:
        file.write_text("", encoding="utf-8")
    monkeypatch.setattr(build_inputs, "PROJECT", tmp_path)
    monkeypatch.setattr(build_inputs, "__file__", str(package / "build_inputs.py"))
    seen = [build_inputs.program_fingerprint()]
    for file in files:
        file.write_text("changed", encoding="utf-8")
        seen.append(build_inputs.program_fingerprint())
    for library in build_inputs.JUDGED_WITH:
        said = build_inputs.version
        monkeypatch.setattr(
            build_inputs, "version", lambda name, said=said, library=library: "0" if name == library else said(name)
        )
        seen.append(build_inputs.program_fingerprint())
    assert len({*seen}) == 1 + len(files) + len(build_inputs.JUDGED_WITH)
    assert seen[-1] == build_inputs.program_fingerprint()


def test_deliveries_are_known_by_content(tmp_path: Path) -> None:
    """Each file that is in force, its bytes and the year and name that its manifest gives it; the sample's files."""
    manifest = tmp_path / "deliveries" / "plie" / "59-09" / "2021.json"
    manifest.parent.mkdir(parents=True)
    file = tmp_path / "exits" / "supplier_code=59-09" / "reporting_year=2021" / "first.parquet"
    file.parent.mkdir(parents=True)

    def in_force(name: str | None) -> list[list[object]]:
        manifest.write_text(json.dumps({"supplier_code": "59-09", "reporting_year": 2021, "in_force": name}), "utf-8")
        return content_in_force(STORE, tmp_path)

    file.write_bytes(b"rows")
    first = in_force("first")
    assert [row[:4] for row in first] == [["plie", "exits", "first", 2021]] and first == in_force("first")
    file.with_name("second.parquet").write_bytes(b"rows")
    file.write_bytes(b"other rows")
    assert in_force("first") != first and in_force("second") != first and in_force(None) == []
    sample = content_in_force(SAMPLE, tmp_path)
    assert {("plie", "exits"), ("survey", "survey_teams")} <= {(kind, table) for kind, table, *_ in sample}
    assert all(checksum for *_, checksum in sample)


@pytest.mark.parametrize("moved", [None, "figures", "revisions"])
def test_what_the_build_before_left_counts_when_something_moved(
    moved: str | None, tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    """A build that follows itself has nothing else to be compared with than the first had."""
    connection.execute(
        "create schema quality; create table marts.indicators as select 'exits' as code, 3 as value, 'b' as b"
    )
    connection.execute("create table quality.revisions as select 1 as revision_no, 2 as value")
    last = tmp_path / "last"
    assert content_of_last(None, Warehouse(connection)) == content_of_last(last, Warehouse(connection)) == []
    last.mkdir()
    connection.execute(f"copy (select code, value from marts.indicators) to '{last}/figures.parquet'")
    connection.execute(f"copy quality.revisions to '{last}/revisions.parquet'")
    if moved:
        table = {"figures": "marts.indicators", "revisions": "quality.revisions"}[moved]
        connection.execute(f"update {table} set value = 4")
    assert bool(content_of_last(last, Warehouse(connection))) is bool(moved)


@pytest.mark.parametrize("another", ["reads", "writes"])
def test_what_is_held_of_the_tables_is_dropped_and_the_limit_is_back(
    another: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the second enforcement takes as much; while another node writes, what is not in the file yet stays."""
    monkeypatch.setattr(step, "ROOM", 10_000_000)

    def held() -> int:
        tags = "tag in ('BASE_TABLE', 'IN_MEMORY_TABLE')"
        return built.execute(f"select sum(memory_usage_bytes) from duckdb_memory() where {tags}").fetchone()[0]

    def limit() -> str:
        return built.execute("select current_setting('memory_limit')").fetchone()[0]

    made = "select md5(range::varchar) as one, md5((-range)::varchar) as other from range(100000)"
    settings = {"memory_limit": "1500MB", "checkpoint_threshold": "1GB"}
    with duckdb.connect(str(tmp_path / "built.duckdb"), config=settings) as built:
        for number in range(10):
            built.execute(f"create table rows_{number} as {made}")
        before, usual = held(), limit()
        with built.cursor() as other:
            other.execute("begin")
            other.execute("from rows_1" if another == "reads" else "create table more as select 1 as n").fetchall()
            drop_cached_pages(built, "1500MB")
            other.execute("commit")
        assert before > 2 * step.ROOM and (held() <= step.ROOM if another == "reads" else held() >= before)
        assert limit() == usual
        assert built.execute("select count(distinct one) from rows_7").fetchone() == (100_000,)
