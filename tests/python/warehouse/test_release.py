"""Releases: only of a warehouse that passed, complete, as the manifest says, and without persons; also after a kill."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import multiprocessing
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import PLIE, forked_from, run_plie, start_plie
from shared import Built
from waiting import wait_for

from plie_warehouse.contract import load_contract, read_seed
from plie_warehouse.disclosure.engine import engine_versions
from plie_warehouse.intake.store import Store
from plie_warehouse.paths import PROJECT, SAMPLE, STORE, DataFolder
from plie_warehouse.release import (
    Published,
    ReleaseError,
    build_attestation,
    publish,
    released_copies,
    released_tables,
    suppression_patterns,
)
from plie_warehouse.release.release_store import KEPT, SWITCHING, at_hand, quarantined
from plie_warehouse.sql import text

RECORD = {
    "deliveries": {"source": "sample", "in_force": []},
    "passed": {"dbt_nodes": 1, "suites": 1, "values_compared": 1},
    "versions": {"great_expectations": "1"},
}

# Content of the folder that readers open.
STANDING = {"csv", "datapackage.json", "manifest.json", "parquet", "plie_marts.duckdb", "versions"}


# A warehouse that is quick to release, whose builds differ ---------------------------------------------------------


def build_name(number: int) -> str:
    return f"{number:012x}"


HIDDEN = "masque_primaire"


def plain_warehouse(built: Path, path: Path, years: Sequence[int]) -> None:
    """Copy the released tables of a few territories."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"attach '{built}' as built (read_only); begin")
        listed = ", ".join(map(str, years))
        few = f"where territory_code in ('FR', '59') and reporting_year in ({listed})"
        copy_table(connection, "published.build_info")
        copy_table(connection, "published.indicators", few)
        copy_table(connection, "published.indicator_changes", f"{few} and reporting_year - 1 in ({listed})")
        copy_table(connection, "published.plie_outcomes", few)
        # Not published: what a build leaves for the next one.
        copy_table(connection, "marts.build_info")
        copy_table(connection, "marts.indicators", few)
        copy_table(connection, "quality.revisions")
        copy_table(connection, "intermediate.int_disclosure__figures", few)
        copy_table(connection, "intermediate.int_disclosure__suppressed", few)
        for table in released_tables.REFERENCE_TABLES:
            copy_table(connection, f"reference.{table}")
        connection.execute("commit")


def small_warehouse(
    built: Path, path: Path, number: int, years: Sequence[int], suppressed: Sequence[tuple[int, str]], change: str
) -> None:
    """The released tables of a few territories. Build and exits are ``number``: a mixture of builds shows.
    ``suppressed``: years and measures that are suppressed below national level; ``change``: SQL to run then."""
    plain = path.with_name(f"plain-{'-'.join(map(str, years))}.duckdb")
    if not plain.exists():
        plain_warehouse(built, plain, years)
    shutil.copyfile(plain, path)
    with duckdb.connect(str(path)) as connection:
        for table in (
            "published.build_info",
            "published.indicators",
            "published.indicator_changes",
            "marts.build_info",
        ):
            connection.execute(f"update {table} set build_id = '{build_name(number)}'")
        columns = [name for name, *_ in connection.execute("describe published.plie_outcomes").fetchall()]
        changes = []
        for value, status in suppression_patterns.measures(table_of("plie_outcomes", columns)).items():
            of_years = [str(year) for year, measure in suppressed if measure == value]
            is_suppressed = f"(territory_kind <> 'national' and reporting_year in ({', '.join(of_years) or 'null'}))"
            shown = number if value == "exits" else f"coalesce({value}, 7)"
            changes += [
                f"{value} = case when {is_suppressed} is not true then {shown} end",
                f"{status} = case when {is_suppressed} is true then '{HIDDEN}' else 'publie' end",
            ]
        connection.execute(f"update published.plie_outcomes set {', '.join(changes)}")
        connection.execute(change)


def table_of(name: str, columns: Iterable[str], key: tuple[str, ...] = ()) -> released_tables.Table:
    described = tuple(
        released_tables.Column(column, "BIGINT", "A column. Unit: exits. Rule: D60.") for column in columns
    )
    return released_tables.Table("published", name, "A table.", described, key, 0, "", 0)


def copy_table(connection: duckdb.DuckDBPyConnection, name: str, where: str = "") -> None:
    """With its key and comments."""
    schema, table = name.split(".")
    source = f"database_name = 'built' and schema_name = '{schema}' and table_name = '{table}'"
    connection.execute(f"create schema if not exists {schema}")
    connection.execute(f"create table {name} as from built.{name} {where}")
    for (key,) in connection.execute(
        f"select constraint_column_names from duckdb_constraints() where constraint_type = 'PRIMARY KEY' and {source}"
    ).fetchall():
        connection.execute(f"alter table {name} add primary key ({', '.join(key)})")
    [(comment,)] = connection.execute(f"select comment from duckdb_tables() where {source}").fetchall()
    connection.execute(f"comment on table {name} is {text(comment)}")
    for column, comment in connection.execute(
        f"select column_name, comment from duckdb_columns() where {source}"
    ).fetchall():
        connection.execute(f"comment on column {name}.{column} is {text(comment)}")


@pytest.fixture(scope="module")
def small(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    folder = tmp_path_factory.mktemp("small")

    def make(
        number: int, suppressed: Sequence[tuple[int, str]] = (), years: Sequence[int] = (2021,), change: str = ""
    ) -> Path:
        name = hashlib.sha256(repr((number, suppressed, years, change)).encode()).hexdigest()
        path = folder / f"{name}.duckdb"
        if not path.exists():
            small_warehouse(built.warehouse, path, number, years, suppressed, change)
        return path

    return make


def put_warehouse(data: DataFolder, warehouse: Path) -> None:
    """Make it the warehouse of the folder, with its build attestation."""
    data.root.mkdir(exist_ok=True)
    coming = data.root / "coming"
    shutil.copyfile(warehouse, coming)
    build_attestation.attest(data, coming, RECORD)
    coming.replace(data.warehouse)


def release(data: DataFolder, warehouse: Path) -> Published:
    """Make it the warehouse of the folder, and release it."""
    put_warehouse(data, warehouse)
    return publish(data)


@pytest.fixture(scope="module")
def released(small: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build 1 is released, build 2 is the warehouse: made once, and copied for each test."""
    data = DataFolder(tmp_path_factory.mktemp("released") / "data")
    release(data, small(1))
    put_warehouse(data, small(2))
    return data.root


@pytest.fixture
def data(released: Path, tmp_path: Path) -> DataFolder:
    return DataFolder(shutil.copytree(released, tmp_path / "data"))


@pytest.fixture
def real(built: Built, tmp_path: Path) -> DataFolder:
    """The build of the sample, before its first release."""
    data = DataFolder(tmp_path / "data")
    data.root.mkdir()
    os.link(built.warehouse, data.warehouse)
    shutil.copytree(DataFolder(built.data).attestations, data.attestations)
    return data


@pytest.fixture(scope="module")
def children() -> Iterator[BaseContext]:
    with forked_from("test_release", beside=__file__) as context:
        yield context


# Conditions that hold at every moment -------------------------------------------------------------------------------


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def manifest(data: DataFolder) -> dict[str, Any]:
    return load(data.serving.parent / "manifest.json")


def spoil(path: Path, content: str = "spoilt") -> None:
    """Overwrite a released file."""
    path.chmod(0o644)
    path.write_text(content)


def as_text(value: Any) -> Any:
    """A value of a CSV copy without the apostrophe before what a spreadsheet would run."""
    return value[1:] if isinstance(value, str) and value.startswith("'") else value


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """No file of the folder is written, or written again."""
    before = tree(folder)
    yield
    assert tree(folder) == before


def no_room(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left")


def in_place(serving: Path) -> dict[str, str]:
    """Name -> checksum of every published file but manifests and kept versions."""
    return {
        path.relative_to(serving).as_posix(): sha256(path)
        for path in sorted(serving.rglob("*"))
        if path.is_file()
        and path.relative_to(serving).parts[0] not in ("versions", ".writing")
        and path.name != "manifest.json"
    }


def tree(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        path.relative_to(folder).as_posix(): (sha256(path), path.stat().st_ino)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def demand_true(serving: Path) -> str:
    """Every file is complete and listed in the manifest; the DuckDB file opens and holds what its own manifest says.
    Returns its build."""
    now = load(serving / "manifest.json")
    known = [one["files"] for one in (now, now.get(SWITCHING)) if one]
    for name, digest in in_place(serving).items():
        assert digest in {files[name]["sha256"] for files in known if name in files}, name
    file = serving / "plie_marts.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        [(published_id,)] = connection.execute("from published.publication").fetchall()
        versions = serving / "versions"
        if not (versions / published_id).exists():
            versions = DataFolder(serving.parent).quarantine
        own = load(versions / published_id / "manifest.json")
        assert own["files"][file.name]["sha256"] == sha256(file)
        assert own["published_id"] == published_id
        assert published_id in {now["published_id"], now.get(SWITCHING, now)["published_id"]}
        found = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        assert {name for (name,) in found} == set(own["tables"])
        for table, entry in own["tables"].items():
            assert released_tables.checksum_of(connection, table, entry["columns"]) == (
                entry["rows"],
                entry["checksum"],
            ), table
        [(build_id,)] = connection.execute("select build_id from published.build_info").fetchall()
        assert build_id == own["build_id"]
    assert not Path(f"{file}.wal").exists()
    for published_id in at_hand(now):
        folder = serving / "versions" / published_id
        assert in_place(folder) == {
            name: entry["sha256"] for name, entry in load(folder / "manifest.json")["files"].items()
        }
    return build_id


def demand_settled(serving: Path) -> str:
    """The same when no release runs: no file is left over, every current file is of the current release."""
    now = load(serving / "manifest.json")
    assert SWITCHING not in now
    assert in_place(serving) == {name: entry["sha256"] for name, entry in now["files"].items()}
    assert {path.name for path in serving.iterdir()} == STANDING
    assert {path.name for path in (serving / "versions").iterdir()} == set(at_hand(now))
    assert at_hand(now)[0] == now["published_id"] and len(now["publications"]) <= KEPT
    own = load(serving / "versions" / now["published_id"] / "manifest.json")
    assert own == {name: value for name, value in now.items() if name != "publications"}
    quarantine = DataFolder(serving.parent).quarantine
    there = {path.name for path in quarantine.iterdir()} if quarantine.exists() else set()
    assert there == set(quarantined(now))
    for name in there:
        folder, files = quarantine / name, load(quarantine / name / "manifest.json")["files"]
        assert in_place(folder) == {name: entry["sha256"] for name, entry in files.items()} | {
            "withdrawal.json": sha256(folder / "withdrawal.json")
        }
        assert stat.S_IMODE(quarantine.stat().st_mode) == stat.S_IMODE(folder.stat().st_mode) == 0o700
    return demand_true(serving)


# The release of a build ---------------------------------------------------------------------------------------------


def test_what_a_build_publishes(built: Built, warehouse: duckdb.DuckDBPyConnection) -> None:
    serving = built.serving.parent
    build_id = demand_settled(serving)
    now = load(serving / "manifest.json")
    assert warehouse.execute("select build_id, as_of_date::varchar, dbt_version from marts.build_info").fetchone() == (
        build_id,
        now["as_of_date"],
        now["versions"]["dbt"],
    )
    assert now["deliveries"] == {"source": "sample", "in_force": []}
    assert now["passed"].keys() == {"dbt_nodes", "suites", "unit_tests"}
    assert now["passed"]["dbt_nodes"] > 200 and now["passed"]["suites"] > 5
    assert now["passed"]["unit_tests"] == 0, "the build that the tests share leaves them out, and says so"
    assert now["versions"]["duckdb"] == duckdb.__version__ and now["versions"]["duckdb_storage"] == "v1.4.0"
    assert now["versions"].items() >= engine_versions().items(), "what decided which cells are suppressed"
    counts = dict(warehouse.execute("select status, count(*) from published.indicators group by status").fetchall())
    assert now["figures"] == counts.pop("publie") > 1000
    assert now["figures_not_shown"] == counts and sum(counts.values()) > 1000
    # Of no year: what was printed and nothing delivered gives.
    years = warehouse.execute(
        "select distinct coalesce(reporting_year::varchar, '') from (select reporting_year from published.indicators"
        " union all select reporting_year from published.printed_comparison)"
    ).fetchall()
    assert now["hidden_cells"].keys() == {year for (year,) in years}
    assert now["publications"] == [{"published_id": now["published_id"], "withdrawn": False}]
    for shown in (now["published_id"], str(built.serving)):
        assert shown in built.printed
    for path in serving.rglob("*.json"):
        assert str(built.data) not in path.read_text(encoding="utf-8") and str(PROJECT) not in path.read_text("utf-8")


def test_everybody_may_read_and_nobody_write(built: Built) -> None:
    for path in [built.serving.parent, *built.serving.parent.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o444), path


def test_tables_and_figures_are_those_of_the_warehouse(built: Built) -> None:
    """Compared row by row, not by checksums; comments too."""
    with duckdb.connect(str(built.serving), read_only=True) as connection:
        connection.execute(f"attach '{built.warehouse}' as private (read_only)")
        tables_of = "select schema_name, table_name from duckdb_tables() where database_name = "
        found = set(connection.execute(f"{tables_of} 'plie_marts'").fetchall())
        assert found == {
            *connection.execute(f"{tables_of} 'private' and schema_name = 'published'").fetchall(),
            *(("reference", name) for name in released_tables.REFERENCE_TABLES),
            ("published", "publication"),
        }
        for schema, table in found - {("published", "publication")}:
            private = released_tables.PRIVATE_COLUMNS.get(table, ()) if schema == "reference" else ()
            kept = f"select * exclude ({', '.join(private)}) " if private else ""
            meant, written = f"{kept}from private.{schema}.{table}", f"from plie_marts.{schema}.{table}"
            assert (
                connection.execute(
                    f"({meant} except all {written}) union all ({written} except all {meant})"
                ).fetchall()
                == []
            )
            # One region of the sample delivers operations of the ESF+, which is too few to publish the year (D85).
            has_rows = table != "plie_esf_indicators"
            assert connection.execute(f"select count(*) > 0 {written}").fetchone() == (has_rows,), table
        columns = "select table_name, column_name, data_type, comment from duckdb_columns() where database_name = "
        meant = set(connection.execute(f"{columns} 'private'").fetchall())
        views = "(select view_name from duckdb_views() where database_name = 'plie_marts')"
        written = connection.execute(
            f"{columns} 'plie_marts' and table_name <> 'publication' and table_name not in {views}"
        ).fetchall()
        parts = [(*column, *comment.split(" FR : ", 1)) for *column, comment in written]
        assert parts and {(*column, english) for *column, english, _ in parts} <= meant
        assert all(english and french for *_, english, french in parts)
        assert not {column for _, column, *_ in written} & {"is_summed", "rows_sql", "denominator_rows_sql"}


def test_copies_and_their_descriptor(built: Built) -> None:
    """Read with the descriptor only, as a foreign program does."""
    serving = built.serving.parent
    package = load(serving / "datapackage.json")
    assert package["version"] == load(serving / "manifest.json")["published_id"]
    duckdb_types = {
        "integer": "bigint",
        "number": "decimal(18, 6)",
        "string": "varchar",
        "date": "date",
        "boolean": "boolean",
    }
    with duckdb.connect(str(built.serving), read_only=True) as connection:
        names = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        assert {resource["duckdb"] for resource in package["resources"]} == {name for (name,) in names}
        for resource in package["resources"]:
            table, fields = resource["duckdb"], resource["schema"]["fields"]
            described = connection.execute(
                "select column_name, data_type, comment from duckdb_columns()"
                " where schema_name || '.' || table_name = ? order by column_index",
                [table],
            ).fetchall()
            assert [(field["name"], field["duckdbType"]) for field in fields] == [
                (name, kind) for name, kind, _ in described
            ]
            for field, (_, _, comment) in zip(fields, described, strict=True):
                said = field["description"]
                if table.startswith("published."):
                    said += f" Unit: {field['unit']}. Rule: {field['rule']}."
                assert comment == f"{said} FR : {field['description_fr']}" and field["description"]
            columns = {field["name"]: duckdb_types[field["type"]] for field in fields}
            cast = ", ".join(f'"{name}"::{kind}' for name, kind in columns.items())
            written = sorted(connection.execute(f"select {cast} from {table}").fetchall(), key=repr)
            assert resource["hash"] == f"sha256:{sha256(serving / resource['path'])}"
            reading = f"select * from read_csv('{serving / resource['path']}', columns = {columns}, header = true)"
            found = [tuple(map(as_text, row)) for row in connection.execute(reading).fetchall()]
            assert sorted(found, key=repr) == written
            reading = f"select {cast} from read_parquet('{serving / resource['parquet']}')"
            assert sorted(connection.execute(reading).fetchall(), key=repr) == written
            if key := resource["schema"].get("primaryKey"):
                repeated = f"select count(*) - count(distinct ({', '.join(key)}, 0)) from {table}"
                assert connection.execute(repeated).fetchone() == (0,)
    assert sum("primaryKey" in resource["schema"] for resource in package["resources"]) > 10
    statuses = [
        field
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
        if resource["duckdb"].startswith("published.")
        and (field["name"] == "status" or field["name"].endswith("_status"))
    ]
    assert len(statuses) > 50 and {field["unit"] for field in statuses} == {"code"}


def test_it_takes_less_than_five_seconds(real: DataFolder) -> None:
    """Processor time of this process: other processes do not count."""
    started = time.process_time()
    done = publish(real)
    assert time.process_time() - started < 5
    assert demand_settled(real.serving.parent) == done.build_id


def test_it_needs_no_client_library(data: DataFolder) -> None:
    """Neither to publish nor to read: DuckDB alone."""
    script = (
        "import sys; missing = ['sqlalchemy', 'pandas', 'pyarrow', 'great_expectations', 'dbt'];"
        "sys.modules.update(dict.fromkeys(missing));"
        "from plie_warehouse.cli import main; code = main(['publish']);"
        "import duckdb; connection = duckdb.connect(sys.argv[1], read_only=True);"
        "print(connection.execute('select build_id from published.build_info').fetchone()[0]); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(data.serving)],
        cwd=PROJECT,
        env=os.environ | {"PLIE_DATA_DIR": str(data.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == build_name(2)


# Only a warehouse that passed ---------------------------------------------------------------------------------------


def refused(data: DataFolder) -> str:
    """The command fails and changes nothing; returns its error message."""
    with unchanged(data.serving.parent):
        done = run_plie("publish", data=data.root)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    return done.stderr


def test_a_warehouse_that_was_changed_is_not_published(data: DataFolder) -> None:
    """By hand, with the client of DuckDB."""
    with duckdb.connect(str(data.warehouse)) as connection:
        connection.execute("update published.plie_outcomes set exits = exits + 1")
    said = refused(data)
    assert "not as a build left it" in said and "make build" in said
    [published_id] = at_hand(manifest(data))
    assert f"what is published stays as it was: {published_id}" in said
    assert demand_settled(data.serving.parent) == build_name(1)


def test_a_warehouse_that_is_being_changed_is_not_published(data: DataFolder, children: BaseContext) -> None:
    """While a process writes into it, and after that process was killed: the changes are in the log beside the file."""
    held = data.root / "held"
    change = "create table published.more as select 1 as one"
    writer = children.Process(target=write_on, args=(data.warehouse, change, held))
    writer.start()
    try:
        wait_for(held.exists, lambda: writer.exitcode)
        assert "is being changed" in refused(data)
    finally:
        writer.kill()
        writer.join()
    assert "left in the middle of a change" in refused(data)


def write_on(file: Path, change: str, held: Path) -> None:
    """In a child: a change that is in the log beside the file, and a lock."""
    connection = duckdb.connect(str(file))
    connection.execute(change)
    held.touch()
    signal.pause()


def test_without_a_warehouse(tmp_path: Path) -> None:
    done = run_plie("publish", data=tmp_path)
    assert done.returncode == 1
    assert "warehouse.duckdb is missing" in done.stderr and "nothing is published" in done.stderr
    assert not (tmp_path / "serving").exists()


def test_the_attestation_of_another_warehouse_does_not_count(data: DataFolder, small: Callable[..., Path]) -> None:
    shutil.copyfile(small(3), data.warehouse)
    assert "not as a build left it" in refused(data)


def test_reading_the_warehouse_does_not_change_it(data: DataFolder) -> None:
    """Opening it to write does not change it either."""
    with duckdb.connect(str(data.warehouse)) as connection:
        connection.execute("create temp table one as select count(*) from published.indicators; checkpoint")
    assert publish(data).build_id == build_name(2)


UNIT = "Unit: exits. Rule: D60."
SAID = "insert into reference.reader_comments values ('published.more', null, 'Plus.'), (null, 'more', 'Plus.')"
NOTE_SAID = "insert into reference.reader_comments values (null, 'note', 'Une note.')"


BESIDE = "values are there that their status hides"
OUTCOMES = "published.plie_outcomes"
NOT_DESCRIBED = f"{OUTCOMES} is not described, or without unit or rule"
# What is done to the warehouse -> what the release says.
UNFIT = {
    "drop schema published cascade": "does not hold what is published: published.build_info, published.indicators",
    "drop table reference.rules": "does not hold what is published: reference.rules",
    f"alter table {OUTCOMES} add column participant_id varchar": f"{OUTCOMES} has rows by person: participant_id",
    "create table published.people as select 1 as work_contract_id": (
        "published.people has rows by person: work_contract_id"
    ),
    f"comment on column {OUTCOMES}.exits is 'Exits of the year.'": f"{NOT_DESCRIBED}: exits",
    f"comment on column {OUTCOMES}.exits_status is null": f"{NOT_DESCRIBED}: exits_status",
    f"comment on table {OUTCOMES} is null": f"{OUTCOMES} is not described",
    "comment on column reference.rules.source is null": "reference.rules is not described, .*: source",
    "delete from reference.reader_comments where column_name = 'territory_name'": (
        "published.indicator_changes has no French text in reference.reader_comments: territory_name"
    ),
    f"update {OUTCOMES} set exits_status = 'masque_secondaire'": rf"{OUTCOMES}.exits: \d {BESIDE}",
    "update published.indicators set status = 'base_insuffisante' where value = (select max(value) from"
    " published.indicators where territory_code = 'FR')": rf"published.indicators.value: \d+ {BESIDE}",
    f"update {OUTCOMES} set exits_status = null": rf"{OUTCOMES}.exits: \d {BESIDE}",
    f"alter table {OUTCOMES} add column more bigint; comment on column {OUTCOMES}.more is 'More. {UNIT}'; {SAID}": (
        f"{OUTCOMES}: values without a status: more"
    ),
    "create table published.more as select 1::bigint as exits, 'publie' as exits_status;"
    f" comment on table published.more is 'One row.'; comment on column published.more.exits is 'Exits. {UNIT}';"
    f" comment on column published.more.exits_status is 'Status. {UNIT}'; {SAID}": "published.more: no primary key",
}


@pytest.mark.parametrize(("change", "said"), UNFIT.items())
def test_what_is_not_fit_to_be_published(data: DataFolder, small: Callable[..., Path], change: str, said: str) -> None:
    """A missing table, a person, no description, a value without status or one that is suppressed: D60, D61."""
    put_warehouse(data, small(3, change=change))
    with unchanged(data.serving.parent), pytest.raises(ReleaseError, match=said):
        publish(data)


OF_2020 = "where reporting_year = 2020 and indicator_code = 'positive_rate_raw' and cut = 'total'"


@pytest.mark.parametrize(
    "change",
    [
        f"update published.indicators set status = '{HIDDEN}', value = null {OF_2020}",
        f"update published.indicators set denominator_status = '{HIDDEN}', denominator = null {OF_2020}",
        f"update published.indicators set value = value + 0.000001 {OF_2020}",
    ],
)
def test_a_change_from_a_figure_that_is_not_shown_is_not_published(
    data: DataFolder, small: Callable[..., Path], change: str
) -> None:
    """Suppressed in the year before, of a suppressed base, or another figure: D60. Without the fault it is released."""
    put_warehouse(data, small(3, years=(2020, 2021), change=change))
    with pytest.raises(ReleaseError, match=r"indicator_changes: \d+ changes of figures that indicators does not show"):
        publish(data)
    release(data, small(3, years=(2020, 2021)))
    with duckdb.connect(str(data.serving), read_only=True) as connection:
        assert connection.execute("select count(*) > 100 from published.indicator_changes").fetchone() == (True,)


@pytest.mark.parametrize("spoilt", ["file", "comment", "parquet", "csv"])
def test_what_was_not_written_as_meant_is_not_published(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    """One value, or one comment."""
    real_write, real_copies = released_tables.write, released_copies.write
    change = "update stage.published.plie_outcomes set exits = exits + 1"
    back = "update stage.published.plie_outcomes set exits = exits - 1"

    def write_file(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
        changed = {"file": change, "comment": "comment on table stage.published.indicators is 'other'"}.get(spoilt)
        if changed:
            connection.execute(changed)
        real_write(connection, file)
        if spoilt == "file":
            connection.execute(back)

    def write_copies(connection: duckdb.DuckDBPyConnection, draft: Path, found: list) -> None:
        real_copies(connection, draft, found)
        if spoilt in released_copies.FOLDERS:
            connection.execute(change)
            target = draft / spoilt / f"plie_outcomes.{spoilt}"
            connection.execute(f"copy stage.published.plie_outcomes to '{target}' (format {spoilt})")

    monkeypatch.setattr(released_tables, "write", write_file)
    monkeypatch.setattr(released_copies, "write", write_copies)
    with unchanged(data.serving.parent), pytest.raises(ReleaseError, match="was meant"):
        publish(data)
    assert demand_settled(data.serving.parent) == build_name(1)


def test_the_checksum_sees_what_matters_and_no_order() -> None:
    def of(values: str) -> tuple[int, str]:
        with duckdb.connect() as connection:
            return released_tables.checksum_of(connection, f"(values {values}) as t(a, b)", ["a", "b"])

    assert of("(1, 'x'), (2, 'y')") == of("(2, 'y'), (1, 'x')")
    different = [
        "(1, 'x')",
        "(1, 'x'), (1, 'x')",
        "(1, 'y')",
        "(1, '')",
        "(1, null)",
        "(null, '1')",
        "(11, '')",
        "(1, '-')",
    ]
    assert len({of(values) for values in different}) == len(different)


def test_a_build_that_dies_while_it_becomes_the_warehouse(data: DataFolder, small: Callable[..., Path]) -> None:
    """Before and after the rename: the warehouse that is there has its attestation."""
    notes = {number: build_attestation.attest(data, small(number), RECORD) for number in (2, 3)}
    assert publish(data).build_id == build_name(2)
    os.replace(shutil.copyfile(small(3), data.root / "coming"), data.warehouse)
    assert publish(data).build_id == build_name(3)
    build_attestation.delete_all_but(data, notes[3])
    assert list(data.attestations.iterdir()) == [notes[3]]


@pytest.fixture
def build_3(data: DataFolder, quick_build: Callable[..., None], small: Callable[..., Path]) -> Callable[..., None]:
    """The last node of a build, for build 3, which has passed."""
    return lambda deliveries=SAMPLE: quick_build(data, small(3), deliveries)


def test_a_build_that_could_not_be_published(
    data: DataFolder, build_3: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing changes, the warehouse neither, because all is written before anything is put in place."""
    publish(data)
    before = tree(data.root)
    with monkeypatch.context() as patch, pytest.raises(ReleaseError) as failure:
        patch.setattr(released_tables, "write", no_room)
        build_3()
    assert "could not be published" in str(failure.value)
    assert "No space left" in str(failure.value) and "what is published stays as it was" in str(failure.value)
    after = tree(data.root)
    assert {name: after.get(name) for name in before} == before
    build_3()
    assert demand_settled(data.serving.parent) == build_name(3)


def test_the_manifest_names_the_deliveries_in_force(data: DataFolder, build_3: Callable) -> None:
    store = Store(data.accepted)
    with store.locked(), duckdb.connect() as connection:
        for delivery_id in ("first", "second"):
            found = store.manifest("plie", "59-09", 2021)
            store.accept(found, {"delivery_id": delivery_id}, connection, {"participants": "select 1 as one"})
        found = store.manifest("network", "network", 2021)
        store.accept(found, {"delivery_id": "other"}, connection, {"facilitators": "select 1 as one"})
    build_3(STORE)
    assert manifest(data)["deliveries"] == {
        "source": "store",
        "in_force": [
            {"kind": "network", "supplier_code": "network", "year": 2021, "version": 1},
            {"kind": "plie", "supplier_code": "59-09", "year": 2021, "version": 2},
        ],
    }
    # The name of a delivery is a checksum of private rows: only the attestation holds it.
    for path in data.serving.parent.rglob("*.json"):
        content = path.read_text(encoding="utf-8")
        assert (
            "delivery_id" not in content and sha256(data.warehouse) not in content and "values_compared" not in content
        )
    [note] = data.attestations.iterdir()
    assert [one["delivery_id"] for one in load(note)["deliveries"]["in_force"]] == ["other", "second"]
    assert demand_settled(data.serving.parent) == build_name(3)


# Stored releases ----------------------------------------------------------------------------------------------------


def test_the_last_five_are_kept(data: DataFolder, small: Callable[..., Path]) -> None:
    for number in range(2, 8):
        release(data, small(number))
    serving = data.serving.parent
    assert demand_settled(serving) == build_name(7)
    kept = [
        load(serving / "versions" / one / "manifest.json")["build_id"]
        for one in at_hand(load(serving / "manifest.json"))
    ]
    assert kept == [build_name(number) for number in (7, 6, 5, 4, 3)]
    # An earlier one again becomes the newest; no other is deleted.
    assert [one.split("_")[1] for one in release(data, small(4)).kept] == [
        build_name(number) for number in (4, 7, 6, 5, 3)
    ]
    assert demand_settled(serving) == build_name(4)


def test_the_same_again_changes_nothing(data: DataFolder) -> None:
    assert publish(data).changed
    before = tree(data.serving.parent)
    again = publish(data)
    assert not again.changed and len(again.kept) == 2
    assert tree(data.serving.parent) == before
    done = run_plie("publish", data=data.root)
    assert done.returncode == 0 and "déjà en place" in done.stdout and re.search(r"en \d+,\d s", done.stdout)


def test_a_stored_release_is_not_written_again(
    data: DataFolder, small: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The current one, and one before it, as long as every file of it is whole; the tables are judged all the same."""
    first = manifest(data)["published_id"]
    publish(data)
    with monkeypatch.context() as patch:
        patch.setattr(released_tables, "write", lambda *_: pytest.fail("written again"))
        assert not publish(data).changed
        assert release(data, small(1)).published_id == first
    assert demand_settled(data.serving.parent) == build_name(1)
    spoil(data.serving.parent / "versions" / first / "csv" / "rules.csv")
    seen = []
    write = released_tables.write
    monkeypatch.setattr(released_tables, "write", lambda *how: (seen.append(how), write(*how)))
    publish(data)
    assert len(seen) == 1 and demand_settled(data.serving.parent) == build_name(1)


def test_damage_to_current_files_does_not_reach_stored_releases(data: DataFolder) -> None:
    """The next release repairs the current files, even when it may release nothing new."""
    publish(data)
    serving = data.serving.parent
    files = [path for path in serving.rglob("*") if path.is_file()]
    assert len({path.stat().st_ino for path in files}) == len(files)
    versions = tree(serving / "versions")
    data.serving.chmod(0o644)
    with duckdb.connect(str(data.serving)) as connection:
        connection.execute("update published.plie_outcomes set exits = 0")
    (serving / "csv" / "parameters.csv").unlink()
    (serving / "parquet" / "stray.parquet").touch()
    assert tree(serving / "versions") == versions
    data.warehouse.unlink()
    with pytest.raises(ReleaseError, match="is missing"):
        publish(data)
    assert demand_settled(serving) == build_name(2)
    assert tree(serving / "versions") == versions


def test_changes_that_a_client_left_beside_the_file_do_not_reach_the_next(
    data: DataFolder, children: BaseContext
) -> None:
    """A client that opened the file to write was killed."""
    data.serving.chmod(0o644)
    held = data.root / "held"
    change = "update published.plie_outcomes set exits = 0"
    client = children.Process(target=write_on, args=(data.serving, change, held))
    client.start()
    wait_for(held.exists, lambda: client.exitcode)
    client.kill()
    client.join()
    assert Path(f"{data.serving}.wal").stat().st_size > 0
    publish(data)
    assert demand_settled(data.serving.parent) == build_name(2)


def test_a_kept_version_that_was_spoilt_is_written_again(data: DataFolder, small: Callable[..., Path]) -> None:
    first = manifest(data)["published_id"]
    publish(data)
    spoil(data.serving.parent / "versions" / first / "csv" / "rules.csv")
    assert release(data, small(1)).published_id == first
    assert demand_settled(data.serving.parent) == build_name(1)


def test_a_lost_manifest_is_found_again(data: DataFolder) -> None:
    publish(data)
    path = data.serving.parent / "manifest.json"
    before = load(path)
    for loss in (path.unlink, lambda: spoil(path, "{}")):
        loss()
        publish(data)
        assert load(path) == before
        demand_settled(data.serving.parent)


def test_a_file_without_a_manifest_is_replaced(small: Callable[..., Path], tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    data.serving.parent.mkdir()
    data.serving.write_bytes(b"old")
    release(data, small(1))
    assert demand_settled(data.serving.parent) == build_name(1)


# Suppression patterns -----------------------------------------------------------------------------------------------

ENTRIES, STEPS = (2021, "entries"), (2021, "steps")


def publications(data: DataFolder) -> tuple[list[int], list[int]]:
    """Builds that readers have, and those in quarantine, newest first."""
    now = manifest(data)
    return [int(one.split("_")[1], 16) for one in at_hand(now)], [
        int(one.split("_")[1], 16) for one in quarantined(now)
    ]


def show(data: DataFolder, warehouse: Path) -> tuple[list[int], list[int]]:
    release(data, warehouse)
    demand_settled(data.serving.parent)
    return publications(data)


def test_other_values_under_the_same_suppression_pattern(data: DataFolder, small: Callable[..., Path]) -> None:
    """All figures of build 3 differ. The kind of suppression does not count, only which cells are suppressed."""
    show(data, small(2, suppressed=[ENTRIES]))
    other = f"update published.plie_outcomes set entries_status = 'masque_secondaire' where entries_status = '{HIDDEN}'"
    assert show(data, small(3, suppressed=[ENTRIES], change=other)) == ([3, 2], [1])


def test_a_release_with_another_suppression_pattern_is_quarantined(
    data: DataFolder, small: Callable[..., Path]
) -> None:
    """Whichever of the two suppresses more. Its files are kept in private, and the manifest gives the reason."""
    serving = data.serving.parent
    [first] = at_hand(load(serving / "manifest.json"))
    before = {name: digest for name, (digest, _) in tree(serving / "versions" / first).items()}
    assert show(data, small(2, suppressed=[ENTRIES])) == ([2], [1])
    now = load(serving / "manifest.json")
    assert quarantined(now) == {
        first: f"pour 2021, elle ne masque pas les mêmes cellules que la publication {now['published_id']} : l'une"
        " redonnerait ce que l'autre masque"
    }
    after = {name: digest for name, (digest, _) in tree(data.quarantine / first).items()}
    assert after.pop("withdrawal.json") and after == before
    for path in [data.quarantine, *data.quarantine.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o400), path
    assert show(data, small(3, suppressed=[STEPS])) == ([3], [2, 1])
    assert show(data, small(4)) == ([4], [3, 2, 1])


def test_only_years_that_both_hold_count(data: DataFolder, small: Callable[..., Path]) -> None:
    assert show(data, small(2, years=(2020, 2021), suppressed=[(2020, "entries")])) == ([2, 1], [])
    assert show(data, small(3)) == ([3, 2, 1], [])
    # Of two that readers had, only one may stay with this one.
    assert show(data, small(4, years=(2020,), suppressed=[(2020, "steps")])) == ([4, 3, 1], [2])


@pytest.mark.parametrize(
    "change",
    [
        "alter table published.plie_outcomes add column note varchar;"
        f" comment on column published.plie_outcomes.note is 'A note. {UNIT}'; {NOTE_SAID}",
        "create table published.more as select 'one' as note; comment on table published.more is 'More.';"
        f" comment on column published.more.note is 'A note. {UNIT}'; {SAID}; {NOTE_SAID}",
    ],
)
def test_a_release_of_other_tables_or_columns_is_quarantined(
    data: DataFolder, small: Callable[..., Path], change: str
) -> None:
    """Its suppression pattern cannot be compared."""
    assert show(data, small(2, change=change)) == ([2], [1])
    [reason] = quarantined(manifest(data)).values()
    assert "ses tables ou leurs colonnes" in reason


def test_what_counts_as_suppressed() -> None:
    """Every status but those of a value that is shown or that nobody delivered; the checksum depends on table, row and
    column."""

    def of(*rows: str, table: str = "one") -> dict[str, dict[str, Any]]:
        with duckdb.connect() as connection:
            connection.execute("attach ':memory:' as stage; create schema stage.published")
            connection.execute(
                f"create table stage.published.{table} (reporting_year integer, code varchar, exits bigint,"
                " exits_status varchar, entries bigint, entries_status varchar)"
            )
            connection.execute(f"insert into stage.published.{table} values {', '.join(rows)}")
            columns = ("reporting_year", "code", "exits", "exits_status", "entries", "entries_status")
            return suppression_patterns.hidden_cells(connection, [table_of(table, columns, ("reporting_year", "code"))])

    shown, unknown = "(2020, 'a', 7, 'publie', 7, 'publie')", "(2020, 'a', 7, 'publie', null, 'non_connu')"
    assert of(shown) == of(unknown) and of(shown)["2020"]["cells"] == 0
    listed = {row["status"]: row["is_shown"] == "true" for row in read_seed("publication_statuses")}
    assert [status for status, is_shown in listed.items() if is_shown] == [
        suppression_patterns.SHOWN
    ] and suppression_patterns.UNKNOWN in listed
    hiding = listed.keys() - {suppression_patterns.SHOWN, suppression_patterns.UNKNOWN}
    assert hiding == {"masque_primaire", "masque_secondaire", "base_insuffisante", "non_diffuse"}
    suppressed = [of(f"(2020, 'a', 7, 'publie', null, '{status}')") for status in sorted(hiding)]
    assert suppressed == suppressed[:1] * 4 and suppressed[0]["2020"]["cells"] == 1
    a, b = "(2020, 'a', null, 'non_diffuse', 7, 'publie')", "(2020, 'b', 7, 'publie', null, 'non_diffuse')"
    assert of(a, b) == of(b, a) and of(a, b)["2020"]["cells"] == 2
    different = [
        of(shown),
        suppressed[0],
        of(a),
        of(b),
        of(a, b),
        of(a, table="two"),
        of("(2020, 'a', null, 'non_diffuse', null, 'non_diffuse')"),
        of("(2021, 'a', null, 'non_diffuse', 7, 'publie')"),
    ]
    assert len({repr(one) for one in different}) == len(different)


def test_five_in_all_with_readers_or_in_quarantine(data: DataFolder, small: Callable[..., Path]) -> None:
    for number, suppressed in ((2, [ENTRIES]), (3, [STEPS]), (4, [STEPS]), (5, [STEPS])):
        found = show(data, small(number, suppressed=suppressed))
    assert found == ([5, 4, 3], [2, 1])
    assert show(data, small(6, suppressed=[STEPS])) == ([6, 5, 4, 3], [2])
    assert show(data, small(7)) == ([7], [6, 5, 4, 3])


def test_a_quarantined_release_that_is_released_again(data: DataFolder, small: Callable[..., Path]) -> None:
    assert show(data, small(2, suppressed=[ENTRIES])) == ([2], [1])
    assert show(data, small(1)) == ([1], [2])


def test_a_damaged_stored_release_is_deleted(data: DataFolder, small: Callable[..., Path]) -> None:
    """Its suppression pattern is unknown."""
    serving = data.serving.parent
    spoil(serving / "versions" / at_hand(load(serving / "manifest.json"))[0] / "csv" / "plie_outcomes.csv")
    assert show(data, small(2)) == ([2], [])


def test_a_lost_manifest_still_lists_the_quarantine(data: DataFolder, small: Callable[..., Path]) -> None:
    assert show(data, small(2, suppressed=[ENTRIES])) == ([2], [1])
    path = data.serving.parent / "manifest.json"
    before = load(path)
    path.unlink()
    publish(data)
    assert load(path) == before
    demand_settled(data.serving.parent)


def readable(folder: Path) -> Iterator[Path]:
    """Files that others than the owner may read."""
    for path in sorted(folder.iterdir()):
        mode = path.stat().st_mode
        if path.is_dir() and mode & 0o005 == 0o005:
            yield from readable(path)
        elif path.is_file() and mode & 0o004:
            yield path


def builds_that_readers_have(data: DataFolder) -> set[int]:
    """Builds of the files that others may read, without files that two builds share and manifests (no figures)."""
    known: dict[str, set[int]] = {}
    for path in data.root.rglob("manifest.json"):
        found = load(path)
        for one in (found, found.get(SWITCHING)):
            for entry in one["files"].values() if one else ():
                known.setdefault(entry["sha256"], set()).add(int(one["build_id"], 16))
    of_files = [known[sha256(path)] for path in readable(data.serving.parent) if path.name != "manifest.json"]
    return set().union(*(builds for builds in of_files if len(builds) == 1))


def test_no_reader_has_two_suppression_patterns(
    data: DataFolder, small: Callable[..., Path], children: BaseContext, tmp_path: Path
) -> None:
    """A release suppresses other cells than the two before it and is killed at every stage: all files that a reader can
    open have the same suppression pattern, no release is lost, and the next release completes it."""
    serving = data.serving.parent
    assert show(data, small(2)) == ([2, 1], [])
    put_warehouse(data, small(3, suppressed=[ENTRIES]))
    assert builds_that_readers_have(data) == {1, 2}
    kills = Kills(data, children, tmp_path, WITH_MODES)
    assert demand_settled(serving) == build_name(3) and publications(data) == ([3], [2, 1])
    assert builds_that_readers_have(data) == {3}
    calls = kills.calls
    # From where it begins to differ from any other (test_a_kill_at_every_stage) to where readers see the last of it.
    first = next(stage for stage, call in enumerate(calls) if call.startswith("copytree"))
    last = kills.last("replace manifest.json")
    telling = re.compile(r"copytree 2022.*|rename .*|replace .*|unlink (csv|parquet)|chmod 2022.*")
    stages = {
        stage
        for stage, call in enumerate(calls)
        if first <= stage <= last and telling.fullmatch(call) and call not in calls[first:stage]
    } | {last, last + 1}
    assert {calls[stage].split()[0] for stage in stages} >= {"copytree", "rename", "replace", "unlink", "chmod"}
    seen = []
    for stage in sorted(stages):
        kills.kill(stage)
        seen.append(builds_that_readers_have(data))
        assert seen[-1] and (seen[-1] <= {1, 2} or seen[-1] == {3}), calls[stage]
        demand_true(serving)
        publish(data)
        assert demand_settled(serving) == build_name(3), calls[stage]
        assert publications(data) == ([3], [2, 1]), calls[stage]
    assert seen == sorted(seen, key=min) and seen[0] == {1, 2} and seen[-1] == {3}


def test_nothing_is_quarantined_when_there_is_no_room_for_it(
    data: DataFolder, small: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_warehouse(data, small(2, suppressed=[ENTRIES]))
    before = tree(data.serving.parent)
    with monkeypatch.context() as patch, pytest.raises(ReleaseError, match="No space left") as failure:
        patch.setattr(shutil, "copytree", no_room)
        publish(data)
    assert "what is published stays as it was" in str(failure.value)
    assert tree(data.serving.parent) == before
    assert demand_settled(data.serving.parent) == build_name(1)
    publish(data)
    assert publications(data) == ([2], [1])


# Faults ------------------------------------------------------------------------------------------------------------

# Calls whose effect a reader or the next release can see.
STAGES = {"os": ("replace", "rename", "unlink"), "shutil": ("copyfile", "rmtree")}
WITH_MODES = {"os": ("replace", "rename", "unlink", "chmod"), "shutil": ("copyfile", "copytree", "rmtree")}


def label(name: str, arguments: Iterable[Any]) -> str:
    """Call and the kind of file that it is about: copies of one kind are alike."""
    for one in arguments:
        if isinstance(one, int):
            one = os.readlink(f"/proc/self/fd/{one}")
        path = Path(one)
        return f"{name} {path.parent.name if path.suffix in ('.csv', '.parquet') else path.name}"
    return name


def publish_and_die(root: Path, stage: int, written: Path | None = None, stages: dict = STAGES) -> None:
    """In a child: kill it before the ``stage``-th call that changes the disk; ``written``: list the calls instead."""
    calls: list[str] = []

    def wrapped(name: str, real: Callable) -> Callable:
        def call(*arguments: Any, **options: Any) -> Any:
            if len(calls) == stage:
                os.kill(os.getpid(), signal.SIGKILL)
            calls.append(label(name, arguments) if written else name)
            return real(*arguments, **options)

        return call

    for module, names in stages.items():
        for name in names:
            setattr(sys.modules[module], name, wrapped(name, getattr(sys.modules[module], name)))
    publish(DataFolder(root))
    if written:
        written.write_text("\n".join(calls), encoding="utf-8")


def ended(process: multiprocessing.Process) -> int | None:
    process.start()
    process.join()
    return process.exitcode


class Kills:
    """The release of one folder, again and again from the same state, killed before one of its ``calls``.

    A first run is not killed: it lists the calls that change the disk."""

    def __init__(self, data: DataFolder, children: BaseContext, folder: Path, stages: dict = STAGES) -> None:
        self.data, self.children, self.stages = data, children, stages
        self.pristine, listed = folder / "pristine", folder / "listed"
        shutil.copytree(data.root, self.pristine)
        assert ended(children.Process(target=publish_and_die, args=(data.root, -1, listed, stages))) == 0
        self.calls = listed.read_text(encoding="utf-8").splitlines()

    def restore(self) -> None:
        shutil.rmtree(self.data.root)
        shutil.copytree(self.pristine, self.data.root)

    def kill(self, stage: int) -> None:
        """Kill the release, from the first state, before this call."""
        self.restore()
        process = self.children.Process(target=publish_and_die, args=(self.data.root, stage, None, self.stages))
        assert ended(process) == -signal.SIGKILL

    def last(self, call: str) -> int:
        return len(self.calls) - 1 - self.calls[::-1].index(call)


def test_a_kill_at_every_stage(data: DataFolder, children: BaseContext, tmp_path: Path) -> None:
    """The current files are one complete release or the other, the manifest is true, and the next release succeeds."""
    serving, kills = data.serving.parent, Kills(data, children, tmp_path)
    assert demand_settled(serving) == build_name(2)
    calls = kills.calls
    # Of calls that are alike the first and the last of renames: the manifest comes twice.
    stages = {calls.index(call) for call in calls}
    stages |= {kills.last(call) for call in calls if call.startswith("replace")}
    assert {calls[stage].split()[0] for stage in stages} == {"rmtree", "rename", "copyfile", "replace", "unlink"}
    found = []
    for stage in sorted(stages):
        kills.kill(stage)
        found.append(demand_true(serving))
        assert publish(data).build_id == build_name(2), calls[stage]
        assert demand_settled(serving) == build_name(2), calls[stage]
    assert found == sorted(found) and set(found) == {build_name(1), build_name(2)}, (
        "the old one, from a stage on the new"
    )


def test_a_kill_at_any_moment(data: DataFolder, children: BaseContext, tmp_path: Path) -> None:
    """The same after a time, so that it also falls into DuckDB's own calls."""
    serving, kills = data.serving.parent, Kills(data, children, tmp_path)
    for milliseconds in range(50, 500, 90):
        kills.restore()
        process = children.Process(target=publish, args=(data,))
        process.start()
        time.sleep(milliseconds / 1000)
        process.kill()
        process.join()
        demand_true(serving)
        publish(data)
        assert demand_settled(serving) == build_name(2)


def test_a_kill_of_the_first_publication(small: Callable[..., Path], children: BaseContext, tmp_path: Path) -> None:
    """Before it there is nothing: no incomplete file may appear."""
    data = DataFolder(tmp_path / "data")
    put_warehouse(data, small(1))
    kills = Kills(data, children, tmp_path)
    for call in ("rename version", "replace manifest.json", "replace plie_marts.duckdb", "replace csv"):
        kills.kill(kills.calls.index(call))
        if data.serving.exists():
            demand_true(data.serving.parent)
        publish(data)
        assert demand_settled(data.serving.parent) == build_name(1)


def test_a_killed_release_is_completed_even_when_nothing_may_be_released(
    data: DataFolder, children: BaseContext, tmp_path: Path
) -> None:
    """Killed right after the DuckDB file, and without a warehouse: the rest of that release follows nevertheless."""
    serving, kills = data.serving.parent, Kills(data, children, tmp_path)
    kills.kill(kills.calls.index("replace plie_marts.duckdb") + 1)
    assert load(serving / "manifest.json")[SWITCHING]["build_id"] == demand_true(serving) == build_name(2)
    data.warehouse.unlink()
    with pytest.raises(ReleaseError, match="is missing"):
        publish(data)
    assert demand_settled(serving) == build_name(2)


def test_a_failure_in_the_middle_of_the_renames(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says so, and how to go on. The release whose stored files are damaged meanwhile is written again."""
    serving, real, failing = data.serving.parent, os.replace, {"csv"}

    def replace(source: Path, target: Path) -> None:
        if Path(target).parent.name in failing:
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(ReleaseError, match=r"Input/output error\n.* was taking its place: every file is whole"):
        publish(data)
    assert demand_true(serving) == build_name(2)
    coming = load(serving / "manifest.json")[SWITCHING]["published_id"]
    spoil(serving / "versions" / coming / "datapackage.json")
    failing.clear()
    publish(data)
    assert demand_settled(serving) == build_name(2)


def publish_within(root: Path, size: int, said: Path) -> None:
    """In a child: no file may grow over ``size`` bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        publish(DataFolder(root))
    except ReleaseError as error:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        said.write_text(str(error), encoding="utf-8")


def test_no_room_for_a_file(data: DataFolder, children: BaseContext, tmp_path: Path) -> None:
    """For the DuckDB file, for a copy, for the descriptor."""
    before, said = tree(data.serving.parent), tmp_path / "said"
    sizes = sorted(entry["bytes"] for entry in manifest(data)["files"].values())
    for size in (0, 5_000, sizes[len(sizes) // 2], sizes[-2] - 1, sizes[-1] - 1):
        said.unlink(missing_ok=True)
        assert ended(children.Process(target=publish_within, args=(data.root, size, said))) == 0
        assert "what is published stays as it was" in said.read_text(encoding="utf-8"), size
        assert tree(data.serving.parent) == before, size
        assert demand_settled(data.serving.parent) == build_name(1)
    publish(data)
    assert demand_settled(data.serving.parent) == build_name(2)


def may_mount() -> bool:
    """Whether this user has mounts of their own."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode == 0


def mounted(script: str, data: DataFolder, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script in a space of its own mounts; $1 is the data folder, $PUBLISH publishes from it."""
    return subprocess.run(
        ["unshare", "-m", "sh", "-euc", script, "sh", str(data.root), *arguments],
        cwd=PROJECT,
        env=os.environ | {"PUBLISH": " ".join((*PLIE, "publish")), "PLIE_DATA_DIR": str(data.root)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not may_mount(), reason="a disk of its own needs root or user namespaces")
def test_a_full_disk(data: DataFolder, tmp_path: Path) -> None:
    """Disks with more and more room; the last has enough."""
    sizes = [path.stat().st_size for path in data.root.rglob("*") if path.is_file()]
    used = sum(-(-size // 4096) * 4 for size in sizes)
    script = """
        cp -a "$1" "$2"
        mount -t tmpfs -o size=$3k tmpfs "$1"
        cp -a "$2"/. "$1"
        rc=0; $PUBLISH || rc=$?
        rm -rf "$2"; cp -a "$1" "$2"
        mount -o remount,size=100m "$1"
        $PUBLISH
        cp -a "$1" "$2"-after
        exit $rc
    """
    found = []
    for room in (0, 300, 600, 5000):
        out = tmp_path / f"out{room}"
        done = mounted(script, data, str(out), str(used + room))
        found.append(done.returncode)
        if done.returncode:
            assert "what is published stays as it was" in done.stderr, done.stderr
            assert demand_settled(out / "serving") == build_name(1), "nothing is left that takes room"
        else:
            assert demand_settled(out / "serving") == build_name(2)
        assert demand_settled(tmp_path / f"out{room}-after" / "serving") == build_name(2)
    assert found[0] == 1 and found[-1] == 0 and found == sorted(found, reverse=True)


def test_a_folder_that_cannot_be_written(data: DataFolder) -> None:
    serving = data.serving.parent
    before = tree(serving)
    if os.geteuid() == 0:
        if not may_mount():
            pytest.skip("root writes into every folder but a read-only mount, and may not mount here")
        done = mounted(
            'mount --bind "$1/serving" "$1/serving"; mount -o remount,ro,bind "$1/serving"; exec $PUBLISH', data
        )
    else:
        serving.chmod(0o555)
        done = run_plie("publish", data=data.root)
        serving.chmod(0o755)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "what is published stays as it was" in done.stderr
    assert tree(serving) == before
    publish(data)
    assert demand_settled(serving) == build_name(2)


def test_two_at_once(data: DataFolder) -> None:
    """The second says that it waits, and waits."""
    with (data.root / ".publish.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = start_plie("publish", data=data.root)
        assert "attente" in waiting.stdout.readline()
        assert demand_settled(data.serving.parent) == build_name(1)
    assert waiting.communicate() and waiting.returncode == 0
    assert demand_settled(data.serving.parent) == build_name(2)


def test_many_at_once(data: DataFolder, children: BaseContext, small: Callable[..., Path]) -> None:
    processes = [children.Process(target=publish, args=(data,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert demand_settled(data.serving.parent) == build_name(2)
    assert len(at_hand(manifest(data))) == 2


# Readers -----------------------------------------------------------------------------------------------------------


def look(connection: duckdb.DuckDBPyConnection) -> str:
    """Query every table that names its build, with time for a release in between; returns the build of all."""
    [(build_id,)] = connection.execute("select build_id from published.build_info").fetchall()
    time.sleep(0.1)
    of_figures = connection.execute("select distinct build_id from published.indicators").fetchall()
    of_outcomes = connection.execute("select distinct exits from published.plie_outcomes").fetchall()
    [(published_id,)] = connection.execute("from published.publication").fetchall()
    assert of_figures == [(build_id,)]
    assert of_outcomes == [(int(build_id, 16),)]
    assert published_id.split("_")[1] == build_id
    return build_id


def read_on(file: Path, folder: Path, number: int) -> None:
    """In a child: query until told to stop. The first two readers keep their first file open, the others open the
    current file again."""
    seen: list[str] = []
    stop, reopens = folder / "stop", number >= 2
    while not stop.exists():
        with duckdb.connect(str(file), read_only=True) as connection:
            left = 3
            while left and not stop.exists():
                seen.append(look(connection))
                (folder / f"reader{number}").touch()
                (folder / f"seen{seen[-1]}").touch()
                left -= reopens
    if reopens:
        with duckdb.connect(str(file), read_only=True) as connection:
            seen.append(look(connection))
    (folder / f"reader{number}.json").write_text(json.dumps(seen), encoding="utf-8")


def test_ten_readers_see_no_error_and_no_mixture(
    data: DataFolder, children: BaseContext, small: Callable[..., Path], tmp_path: Path
) -> None:
    """Two of them keep the file open from the first to the last release, and read what they opened."""
    folder = tmp_path / "readers"
    folder.mkdir()
    readers = [children.Process(target=read_on, args=(data.serving, folder, number)) for number in range(10)]
    for reader in readers:
        reader.start()
    for number in range(10):
        wait_for((folder / f"reader{number}").exists, lambda number=number: readers[number].exitcode)
    for number in range(2, 6):
        release(data, small(number))
        wait_for((folder / f"seen{build_name(number)}").exists, lambda: readers[2].exitcode)
    (folder / "stop").touch()
    for reader in readers:
        reader.join()
    assert [reader.exitcode for reader in readers] == [0] * 10
    seen = [json.loads((folder / f"reader{number}.json").read_text(encoding="utf-8")) for number in range(10)]
    assert [set(builds) for builds in seen[:2]] == [{build_name(1)}] * 2
    for builds in seen[2:]:
        assert builds == sorted(builds) and (builds[0], builds[-1]) == (build_name(1), build_name(5))
    assert demand_settled(data.serving.parent) == build_name(5)


# No person in it ----------------------------------------------------------------------------------------------------


def contract_columns(*units: str) -> set[tuple[str, str]]:
    """Table and column of what identifies a person, or a measure for a person."""
    return {
        (table.name, column.name)
        for kind in load_contract().values()
        for table in kind.tables
        for column in table.columns
        if column.unit in units
    }


IDENTIFIERS = contract_columns("pseudonyme", "identifiant", "SIRET")
PRIVATE_COLUMNS = {column for _, column in IDENTIFIERS | contract_columns("numéro")} | {"record_key"}

# Characters by which an identifier is looked for in the bytes of a file; shorter ones are looked for as values.
HEAD = 6
# Some identifiers of procurements are a year and a month, which is how a written day of that month begins.
MONTH, DAY = re.compile(rb"\d{4}-\d\d"), re.compile(rb"\d{4}-\d\d-\d\d(?!\d)")
# Projects of the network head are published under their names: none stands for a person, a firm or a contract.
NAMED = {"project_id"}


def find_persons(folder: Path, identifiers: set[str]) -> list[str]:
    """What identifies a person in any file under ``folder``: names of columns, values, comments, bytes."""
    problems = []
    heads: dict[bytes, list[bytes]] = {}
    for one in identifiers:
        if len(one) >= HEAD:
            heads.setdefault(one.encode()[:HEAD], []).append(one.encode())
    # Current files and those of their stored release are equal: each content once.
    for path in {sha256(path): path for path in sorted(folder.rglob("*")) if path.is_file()}.values():
        names: set[str] = set()
        values: set[str] = set()
        if path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                for table, comment in connection.execute(
                    "select schema_name || '.' || table_name, coalesce(comment, '') from duckdb_tables() union all"
                    " select schema_name || '.' || view_name, coalesce(comment, '') from duckdb_views()"
                    " where not internal"
                ).fetchall():
                    values |= {comment, *texts(connection, table)}
                for column, comment in connection.execute(
                    "select column_name, coalesce(comment, '') from duckdb_columns() where not internal"
                ).fetchall():
                    names.add(column)
                    values.add(comment)
        elif path.suffix in (".parquet", ".csv"):
            reader = "read_parquet" if path.suffix == ".parquet" else "read_csv"
            with duckdb.connect() as connection:
                rows = f"{reader}('{path}')"
                names |= {name for name, *_ in connection.execute(f"describe from {rows}").fetchall()}
                values |= texts(connection, rows)
        else:
            walk = [load(path)]
            while walk:
                one = walk.pop()
                if isinstance(one, dict):
                    names |= one.keys()
                    names |= {one["name"]} if "name" in one else set()
                    walk += one.values()
                elif isinstance(one, list):
                    walk += one
                else:
                    values.add(str(one))
        problems += [f"{path.name}: column {name}" for name in sorted(names & PRIVATE_COLUMNS)]
        problems += [f"{path.name}: {value}" for value in sorted(values & identifiers)]
        # The bytes on the disk, and the values unpacked.
        for content, where in ((path.read_bytes(), "bytes"), ("\n".join(sorted(values)).encode(), "text")):
            found = {
                one
                for place in range(len(content) - HEAD + 1)
                for one in heads.get(content[place : place + HEAD], ())
                if content.startswith(one, place) and not (MONTH.fullmatch(one) and DAY.match(content, place))
            }
            problems += [f"{path.name}: {one.decode()} in its {where}" for one in sorted(found)]
    return problems


def texts(connection: duckdb.DuckDBPyConnection, rows: str, columns: str = "columns(*)") -> set[str]:
    found = connection.execute(f"select {columns}::varchar from {rows}").fetchall()
    return {value.strip() for row in found for value in row if value is not None}


@pytest.fixture(scope="module")
def identifiers(warehouse: duckdb.DuckDBPyConnection) -> set[str]:
    """Every pseudonym, SIRET and other identifier of the sample deliveries but the names of ``NAMED``."""
    files = {path.stem: path for path in (PROJECT / "seeds" / "raw").glob("*/*.csv")}
    return {
        value
        for table, column in IDENTIFIERS
        if table in files and column not in NAMED
        for value in texts(warehouse, f"read_csv('{files[table]}', all_varchar = true, header = true)", column)
        if value
    }


def test_no_person_is_in_anything_that_is_published(
    built: Built, identifiers: set[str], small: Callable[..., Path], tmp_path: Path
) -> None:
    """In current and stored releases, of the build of the sample and of two small builds."""
    assert len(identifiers) > 4000 and sum(one.startswith("SYN-") for one in identifiers) > 1500
    assert {"participant_id", "beneficiary_id", "referent_id", "work_contract_id", "step_id", "parcours_no"} <= (
        PRIVATE_COLUMNS
    )
    assert find_persons(built.serving.parent, identifiers) == []
    data = DataFolder(tmp_path / "data")
    for number in (1, 2):
        release(data, small(number))
    assert len(publications(data)[0]) == 2
    assert find_persons(data.serving.parent, identifiers) == []


def test_a_planted_person_is_found(identifiers: set[str], tmp_path: Path) -> None:
    """In each kind of file: a column, a value, a comment, part of a text, deleted rows whose bytes are still there."""
    one, other, short, month = "SYN-59-09-0007", "REF-59-09-1", "K-3", "2020-01"
    assert {one, other, short, month} <= identifiers
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute(f"create table a as select '{one}' as label; create table b as select '{short}' as label")
        connection.execute(f"create table c as select 1 as participant_id; comment on table c is 'of {other}'")
    with duckdb.connect(str(tmp_path / "deleted.duckdb")) as connection:
        connection.execute(f"create table a as select * from (values ('{one}'), ('other')) as t(label)")
        connection.execute("create table b as select i, i::varchar as label from range(100000) as t(i)")
        connection.execute("checkpoint; drop table a; checkpoint")
    for kind in released_copies.FOLDERS:
        with duckdb.connect() as connection:
            connection.execute(f"copy (select 1 as referent_id, '{short}' as label) to '{tmp_path}/b.{kind}'")
            connection.execute(f"copy (select 'with {one}.' as label) to '{tmp_path}/c.{kind}'")
    (tmp_path / "d.json").write_text(json.dumps({"fields": [{"name": "step_id", "example": short}]}), encoding="utf-8")
    for name, said in (("e", f"of {month}."), ("f", f"on {month}-31")):
        (tmp_path / f"{name}.json").write_text(json.dumps({"label": said}), encoding="utf-8")
    found = set(find_persons(tmp_path, identifiers))
    assert not {problem for problem in found if problem.startswith("f.json")}
    assert found >= {
        f"a.duckdb: {one}",
        f"a.duckdb: {short}",
        "a.duckdb: column participant_id",
        f"a.duckdb: {other} in its text",
        f"deleted.duckdb: {one} in its bytes",
        "b.csv: column referent_id",
        "b.parquet: column referent_id",
        f"b.csv: {short}",
        f"b.parquet: {short}",
        f"c.csv: {one} in its text",
        f"c.parquet: {one} in its text",
        "d.json: column step_id",
        f"d.json: {short}",
        f"e.json: {month} in its text",
    }


def test_a_person_in_a_published_table_is_found(
    data: DataFolder, identifiers: set[str], small: Callable[..., Path]
) -> None:
    """Planted where no check of the release looks: among the texts of a table."""
    plant = "update published.plie_outcomes set territory_name = 'SYN-59-09-0007' where territory_code = '59'"
    release(data, small(3, change=plant))
    found = find_persons(data.serving.parent, identifiers)
    for name in ("plie_marts.duckdb", "plie_outcomes.csv", "plie_outcomes.parquet"):
        assert f"{name}: SYN-59-09-0007" in found
