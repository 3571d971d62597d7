"""Plain ``dbt build`` from the lock to the release: what fails, dies or finds no room leaves what readers open alone.

The project is a small one, with the project's own profile, plugin, hooks and release step: its tables are those of a
given warehouse, and one model with a unit test and a data test stands for the rules. That every node of the whole
project comes before its release is for ``unit/test_chain_order.py``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import random
import resource
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.context import BaseContext
from pathlib import Path
from string import Template
from typing import Any

import duckdb
import pytest
import yaml
from conftest import forked_from
from shared import Built
from test_release import build_name, demand_settled, demand_true, load, small_warehouse

from plie_warehouse.paths import PROJECT, DataFolder

# The tables are those of the warehouse that GIVEN_WAREHOUSE names.
MODELS = {
    "tables.py": """
import os

def model(dbt, session):
    session.execute(f"attach '{os.environ['GIVEN_WAREHOUSE']}' as given (read_only)")
    session.execute("copy from database given to warehouse")
    session.execute("detach given")
    return session.sql("select 1 as one")
""",
    "rule.sql": "select one + $added as two from {{ ref('tables') }}",
    "validation_results.py": """
def model(dbt, session):
    dbt.ref("tables")
    from plie_warehouse.working_file import current_run

    run = current_run()
    docs = run.data.building / run.data.validation.name
    docs.mkdir(exist_ok=True)
    (docs / "index.html").write_text(run.inputs.build_id)
    return session.sql("select 'one' as suite, 'D61' as rule_id, 1 as evaluated_count, $success as success")
""",
    "release.py": """
def model(dbt, session):
    from plie_warehouse.release.release_step import release_build

    dbt.ref("rule"), dbt.ref("validation_results")
    return release_build(session)
""",
    "models.yml": """
models:
  - {name: validation_results, config: {schema: quality}}
  - {name: release, config: {schema: build}}
unit_tests:
  - name: adds_one
    model: rule
    given: [{input: ref('tables'), rows: [{one: $given}]}]
    expect: {rows: [{two: 2}]}
""",
}
TESTS = {
    "two_is_two.sql": "select * from {{ ref('rule') }} where two <> $two",
    "every_rule_holds.sql": "select * from {{ ref('validation_results') }} where not success",
}
SOUND = {"added": 1, "success": "true", "given": 1, "two": 2}
NODES = 7


def write_project(folder: Path, **spoilt: object) -> Path:
    """The small project; ``spoilt``: what of ``SOUND`` is otherwise."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    kept = ("name", "version", "config-version", "profile", "flags", "vars", "on-run-start", "on-run-end")
    small = {name: project[name] for name in kept} | {"models": {"+materialized": "table", "+schema": "mini"}}
    folder.mkdir()
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(small), encoding="utf-8")
    shutil.copyfile(PROJECT / "profiles.yml", folder / "profiles.yml")
    for name, contents in (("models", MODELS), ("tests", TESTS)):
        (folder / name).mkdir()
        for file, text in contents.items():
            written = Template(text).substitute(SOUND | spoilt)
            (folder / name / file).write_text(written, encoding="utf-8")
    (folder / "macros").mkdir()
    for macro in ("release.sql", "build.sql", "generate_schema_name.sql"):
        shutil.copyfile(PROJECT / "macros" / macro, folder / "macros" / macro)
    shutil.copytree(PROJECT / "macros" / "dialect", folder / "macros" / "dialect")
    return folder


def run_dbt(
    project: Path,
    root: Path,
    given: Path,
    commands: Sequence[Sequence[str]],
    said: Path,
    node: int = -1,
    call: int = -1,
    size: int = -1,
    megabytes: int = 1500,
) -> None:
    """In a child: dbt with one command after the other. ``megabytes``: what DuckDB may take.

    ``node``: kill it when that many nodes have started; ``call``: kill it in the release, before that call that
    changes the disk; ``size``: no file of the release may grow over so many bytes. ``said``: what dbt prints, and how
    many calls there were.
    """
    os.chdir(project)
    os.environ.pop("PLIE_WAREHOUSE", None)
    target = project / "target"
    os.environ.update(
        PLIE_DATA_DIR=str(root),
        GIVEN_WAREHOUSE=str(given),
        DBT_TARGET_PATH=str(target),
        DBT_LOG_PATH=str(target / "logs"),
        PLIE_DUCKDB_MEMORY=f"{megabytes}MB",
    )
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 1)
    from dbt.cli.main import dbtRunner

    started, calls = [], []

    def on_event(event: Any) -> None:
        if event.info.name == "NodeStart":
            started.append(event.data.node_info.node_name)
            if len(started) == node:
                os.kill(os.getpid(), signal.SIGKILL)
            if started[-1] == "release":
                if size >= 0:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
                watch()

    def watch() -> None:
        for module, names in {"os": ("replace", "rename", "unlink", "fsync"), "shutil": ("copyfile", "rmtree")}.items():
            for name in names:
                setattr(sys.modules[module], name, watched(name, getattr(sys.modules[module], name)))

    def watched(name: str, real: Callable) -> Callable:
        def wrapper(*arguments: Any, **options: Any) -> Any:
            if len(calls) == call:
                os.kill(os.getpid(), signal.SIGKILL)
            calls.append(name)
            return real(*arguments, **options)

        return wrapper

    for command in commands:
        print("dbt", *command, flush=True)
        done = dbtRunner(callbacks=[on_event]).invoke([*command, "--no-use-colors"])
    print(len(calls), "calls", flush=True)
    os._exit(0 if done.success else 1)


@pytest.fixture(scope="module")
def children() -> Iterator[BaseContext]:
    with forked_from("dbt.cli.main", "dbt.adapters.duckdb", "test_chain", beside=__file__) as context:
        yield context


class Chain:
    """A small project, given warehouses, and the data folder in which they are built; ``said``: what dbt printed."""

    def __init__(self, folder: Path, children: BaseContext, given: Callable[[int], Path]) -> None:
        self.folder, self.children, self.given, self.said = folder, children, given, ""
        self.data = DataFolder(folder / "data")
        self.projects: dict[str, Path] = {}

    def project(self, **spoilt: object) -> Path:
        name = hashlib.sha256(repr(spoilt).encode()).hexdigest()[:8]
        if name not in self.projects:
            self.projects[name] = write_project(self.folder / name, **spoilt)
        return self.projects[name]

    def start(self, number: int, *commands: str, project: Path | None = None, **faults: int) -> Any:
        asked = [shlex.split(command) for command in commands or ("build",)]
        process = self.children.Process(
            target=run_dbt,
            args=(project or self.project(), self.data.root, self.given(number), asked, self.folder / "said"),
            kwargs=faults,
        )
        process.start()
        return process

    def run(self, number: int, *commands: str, project: Path | None = None, **faults: int) -> int:
        """Exit code of dbt, a build of the whole if no command is given, on the given warehouse of that number."""
        process = self.start(number, *commands, project=project, **faults)
        process.join()
        self.said = (self.folder / "said").read_text(encoding="utf-8")
        return process.exitcode

    def open_to_readers(self) -> dict[str, bytes]:
        """What may not change unless all of it does."""
        data = self.data
        private = [
            data.warehouse,
            *data.history.glob("*/last/*"),
            *data.attestations.glob("*"),
            *data.validation.glob("*"),
        ]
        published = [path for path in data.serving.parent.rglob("*") if path.is_file()]
        return {str(path): path.read_bytes() for path in [*private, *published]}

    def demand_whole(self, *numbers: int) -> tuple[str, str]:
        """The warehouse and what is published are each whole, of one of the builds; returns their builds."""
        with duckdb.connect(str(self.data.warehouse), read_only=True) as connection:
            [(warehouse,)] = connection.execute("select build_id from marts.build_info").fetchall()
            [(other,)] = connection.execute("select distinct build_id from published.indicators").fetchall()
        published = demand_true(self.data.serving.parent)
        assert warehouse == other and {warehouse, published} <= {build_name(number) for number in numbers}
        assert (self.data.validation / "index.html").is_file() and (self.data.validation / "index.html").read_text()
        assert [*self.data.history.glob("*/last/figures.parquet")]
        with self.data.warehouse.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        assert (self.data.attestations / f"{digest}.json").exists()
        return warehouse, published


@pytest.fixture(scope="module")
def given(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    folder = tmp_path_factory.mktemp("given")

    def make(number: int) -> Path:
        path = folder / f"{number}.duckdb"
        if not path.exists():
            small_warehouse(built.warehouse, path, number, (2021,), (), "")
        return path

    return make


@pytest.fixture(scope="module")
def released(children: BaseContext, given: Callable[[int], Path], tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """Build 1, released by plain dbt build; no test changes its data folder but a copy of it."""
    chain = Chain(tmp_path_factory.mktemp("chain"), children, given)
    assert chain.run(1) == 0, chain.said
    return chain


@pytest.fixture
def chain(released: Chain, tmp_path: Path) -> Chain:
    copy = Chain(tmp_path, released.children, released.given)
    shutil.copytree(released.data.root, copy.data.root, symlinks=True)
    copy.projects.update({name: shutil.copytree(path, tmp_path / name) for name, path in released.projects.items()})
    return copy


def test_plain_dbt_build_releases(chain: Chain) -> None:
    """Without a variable of the environment but the data folder; the record says what ran."""
    assert chain.demand_whole(1) == (build_name(1), build_name(1))
    assert chain.run(2) == 0, chain.said
    assert "Released 2022-06-30_000000000002" in chain.said
    assert chain.demand_whole(2) == (build_name(2), build_name(2))
    assert demand_settled(chain.data.serving.parent) == build_name(2)
    assert load(chain.data.serving.parent / "manifest.json")["passed"] == {
        "dbt_nodes": NODES - 1,
        "unit_tests": 1,
        "suites": 1,
    }
    assert len([*chain.data.validations.iterdir()]) == len([*chain.data.attestations.iterdir()]) == 1
    assert not (chain.data.building / "release" / "warehouse.duckdb").exists()
    modes = {path.name: path.stat().st_mode & 0o777 for path in chain.data.root.iterdir()}
    assert (modes[".build.lock"], modes["building"], modes["warehouse.duckdb"]) == (0o600, 0o700, 0o600)


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [({"two": 3}, "two_is_two"), ({"given": 2}, "adds_one"), ({"success": "false"}, "every_rule_holds")],
    ids=["data test", "unit test", "rule"],
)
def test_what_fails_stops_the_release(chain: Chain, spoilt: dict[str, object], said: str) -> None:
    """Each kind of check, one by one: all that readers open stays, byte by byte."""
    before = chain.open_to_readers()
    assert chain.run(2, project=chain.project(**spoilt)) == 1
    assert f"Nothing is released: {said} failed" in chain.said, chain.said
    assert chain.open_to_readers() == before
    assert chain.run(2) == 0
    assert chain.demand_whole(2)


def test_too_little_memory_is_said_with_what_to_do(chain: Chain) -> None:
    before = chain.open_to_readers()
    eight_hundred_megabytes = "(select len(list(number)) from range(100000000) as numbers (number))"
    assert chain.run(2, project=chain.project(added=eight_hundred_megabytes), megabytes=150) == 1
    said = "DuckDB ran out of memory in adds_one. It had 150MB: give it more with PLIE_DUCKDB_MEMORY=4GB."
    assert said in chain.said, chain.said
    assert chain.open_to_readers() == before
    assert chain.run(2, project=chain.project(two=3)) == 1
    assert "out of memory" not in chain.said


PARTS = [
    "build --select rule",
    "build --select +release",
    "build --exclude two_is_two",
    "build --exclude-resource-type unit_test",
    "build --resource-type model",
    "build --empty",
    "run",
    "test",
]


def test_a_part_releases_nothing_and_says_so(chain: Chain) -> None:
    """Nor does the next command in the same process; a build of the whole does, and takes nothing from them."""
    before = chain.open_to_readers()
    chain.run(2, *PARTS)
    for command in PARTS:
        _, _, said = chain.said.partition(f"dbt {command}\n")
        assert "Nothing is released" in said.partition("\ndbt ")[0], chain.said
    assert chain.open_to_readers() == before
    assert chain.run(2, PARTS[0], "build") == 0, chain.said
    assert chain.demand_whole(2)


def test_unit_tests_may_be_left_out_on_purpose(chain: Chain) -> None:
    """The release says so."""
    assert chain.run(2, "build --exclude-resource-type unit_test --vars 'without_unit_tests: true'") == 0, chain.said
    assert chain.demand_whole(2)
    assert load(chain.data.serving.parent / "manifest.json")["passed"]["unit_tests"] == 0


def test_a_part_goes_on_where_a_killed_build_left_what_cannot_be_read(chain: Chain) -> None:
    """From the warehouse, and says so. What can be read is gone on with; what is no file of DuckDB stays as it is."""
    assert chain.run(2, "build --select rule", node=1) == -signal.SIGKILL
    log = Path(f"{chain.data.working_file}.wal")
    assert chain.run(2, "build --select rule") == 0 and "cannot be read" not in chain.said, chain.said
    subprocess.run([sys.executable, "-c", KILLED, chain.data.working_file], check=False)
    content = bytearray(log.read_bytes())
    # Within the first change, which its checksum then does not fit.
    content[60] ^= 255
    log.write_bytes(content)
    assert chain.run(2, "build --select rule") == 0, chain.said
    assert "a killed build left a working file that cannot be read: going on from the warehouse" in chain.said
    with duckdb.connect(str(chain.data.working_file), read_only=True) as connection:
        assert connection.execute("select two from mini.rule").fetchall() == [(2,)]
    chain.data.working_file.write_text("of someone else", encoding="utf-8")
    log.touch()
    assert chain.run(2, "build --select rule") == 1 and "cannot be read" not in chain.said, chain.said
    assert chain.data.working_file.read_text(encoding="utf-8") == "of someone else"
    chain.demand_whole(1)


# A process that writes into a file of DuckDB, and dies before the changes are in it.
KILLED = """
import os, signal, sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("create table left_behind as select 1 as one; insert into left_behind from range(1000)")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_part_goes_on_from_the_warehouse_or_from_the_last_part(chain: Chain) -> None:
    """The tables that a part reads are there, without a build of the whole before it."""
    shutil.rmtree(chain.data.building)
    assert chain.run(2, "build --select rule") == 0, chain.said
    with duckdb.connect(str(chain.data.working_file), read_only=True) as connection:
        [(build_id,)] = connection.execute("select build_id from published.build_info").fetchall()
    assert build_id == build_name(1)


def test_retry_of_a_failed_build_releases_nothing(chain: Chain) -> None:
    """It is a part: the nodes that passed before are not run again."""
    before, project = chain.open_to_readers(), chain.project(two=3)
    assert chain.run(2, project=project) == 1
    (project / "tests" / "two_is_two.sql").write_text("select * from {{ ref('rule') }} where two <> 2")
    assert chain.run(2, "retry", project=project) == 0, chain.said
    assert "Nothing is released" in chain.said
    assert chain.open_to_readers() == before


def test_a_second_build_waits_for_nobody(chain: Chain) -> None:
    """It is refused while another one runs, which ends as if nothing had been."""
    before = chain.open_to_readers()
    with (chain.data.root / ".build.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert chain.run(2) != 0
        assert "another build is running" in chain.said
    assert chain.open_to_readers() == before


def test_open_readers_block_nothing(chain: Chain) -> None:
    """A reader of the warehouse and one of the published file keep what they have; the next ones see the new build."""
    files = (chain.data.warehouse, chain.data.serving)
    readers = [duckdb.connect(str(file), read_only=True) for file in files]
    try:
        assert chain.run(2) == 0, chain.said
        for reader in readers:
            assert reader.execute("select build_id from published.build_info").fetchone() == (build_name(1),)
    finally:
        for reader in readers:
            reader.close()
    assert chain.demand_whole(2)


def test_a_kill_when_a_node_starts(chain: Chain) -> None:
    """The first, one in the middle, the release; the next build ends well, from what the killed one left."""
    before = chain.open_to_readers()
    for node in (1, NODES // 2, NODES):
        assert chain.run(2, node=node) == -signal.SIGKILL, node
        assert chain.open_to_readers() == before, node
    assert chain.run(2) == 0, chain.said
    assert chain.demand_whole(2)


def test_a_kill_at_ten_moments_of_the_release(chain: Chain) -> None:
    """Before ten of the calls that change the disk, the same ones each time: readers have one build, whole."""
    pristine = chain.folder / "pristine"
    shutil.copytree(chain.data.root, pristine, symlinks=True)
    assert chain.run(2) == 0, chain.said
    calls = int(chain.said.split()[-2])
    found = []
    for call in sorted(random.Random(61).sample(range(calls), 10)):
        shutil.rmtree(chain.data.root)
        shutil.copytree(pristine, chain.data.root, symlinks=True)
        assert chain.run(2, call=call) == -signal.SIGKILL, call
        found.append(chain.demand_whole(1, 2))
    assert found == sorted(found), "the old build, from a call on the new one"
    assert chain.run(2) == 0, chain.said
    assert demand_settled(chain.data.serving.parent) == build_name(2)
    assert chain.demand_whole(2)


def test_no_room(chain: Chain) -> None:
    """For the copy of the warehouse, a file of the release, or the published file: the release fails, and all stays."""
    before = chain.open_to_readers()
    warehouse, serving = chain.data.warehouse.stat().st_size, chain.data.serving.stat().st_size
    for size in (5_000, serving - 1, warehouse - 1):
        assert chain.run(2, size=size) == 1, size
        assert "ERROR creating python table model build.release" in chain.said, chain.said
        assert chain.open_to_readers() == before, size
    assert chain.run(2) == 0, chain.said
    assert chain.demand_whole(2)


def test_deliveries_that_come_while_a_build_runs(chain: Chain) -> None:
    """The build fails, because it would not be known which of them it holds."""
    before, held = chain.open_to_readers(), chain.folder / "held"
    project = chain.project(added="1")
    os.mkfifo(held)
    tables = project / "models" / "tables.py"
    tables.write_text(tables.read_text() + f"\n# {held}\n")
    tables.write_text(
        tables.read_text().replace("    return session", f"    open({str(held)!r}).read()\n    return session")
    )
    process = chain.start(2, "build --vars 'deliveries: store'", project=project)
    with held.open("w"):
        refused = chain.data.accepted / "refused" / "plie" / "59-09" / "2021.json"
        refused.parent.mkdir(parents=True)
        refused.write_text('{"delivery_id": "one"}')
    process.join()
    assert process.exitcode == 1
    assert "deliveries in force or the sources changed" in (chain.folder / "said").read_text()
    assert chain.open_to_readers() == before


def test_the_sample_does_not_take_the_place_of_deliveries(chain: Chain) -> None:
    """Readers have figures of deliveries: a build of the sample in that folder is refused before it makes anything."""
    manifest = chain.data.serving.parent / "manifest.json"
    content = load(manifest)
    manifest.chmod(0o644)
    manifest.write_text(json.dumps(content | {"deliveries": {"source": "store", "in_force": []}}), encoding="utf-8")
    before = chain.open_to_readers()
    assert chain.run(2) == 1
    assert f"would replace the release of the deliveries, {content['published_id']}" in chain.said, chain.said
    assert chain.open_to_readers() == before
    assert chain.run(2, "build --select rule") == 0, "a part releases nothing"
