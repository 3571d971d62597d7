"""What the tests share: one build of the sample in a folder of its own, and ways to look at it and to change copies."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from pathlib import Path

import duckdb
import pytest
from rich.console import Console
from scenario import Scenario
from shared import Built, Compiled, made_once, place

from plie_warehouse import cli, history, national, warehouse_build
from plie_warehouse.build_inputs import BuildInputs, Options
from plie_warehouse.paths import PROJECT, SAMPLE, DataFolder
from plie_warehouse.processes import run_in_subprocess
from plie_warehouse.transform import run_dbt

# The result of the disclosure control is cached from build to build, under a checksum of all that it depends on.
os.environ.setdefault("PLIE_DISCLOSURE_CACHE", str(PROJECT / ".pytest_cache" / "disclosure"))
# So is the verdict of the second enforcement.
os.environ.setdefault("PLIE_VALIDATION_CACHE", str(PROJECT / ".pytest_cache" / "validation"))


PLIE = (sys.executable, "-m", "plie_warehouse")
# Every process that a test starts imports the package of this project.
os.environ["PYTHONPATH"] = str(PROJECT / "scripts")


def start_plie(
    command: str, *arguments: str, data: Path, project: Path = PROJECT, target: Path | None = None
) -> subprocess.Popen[str]:
    """Start a subcommand of ``plie`` with the package of ``project``; outputs go under ``data``."""
    environment = os.environ | {
        "PLIE_DATA_DIR": str(data),
        "DBT_TARGET_PATH": str(target or data / "target"),
        "DBT_LOG_PATH": str(data / "logs"),
        "COLUMNS": "160",
    }
    environment.pop("PLIE_WAREHOUSE", None)
    environment["PYTHONPATH"] = str(project / "scripts")
    return subprocess.Popen(
        [*PLIE, command, *arguments],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_plie(
    command: str,
    *arguments: str,
    data: Path,
    project: Path = PROJECT,
    target: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a subcommand of ``plie`` to its end."""
    with start_plie(command, *arguments, data=data, project=project, target=target) as process:
        stdout, stderr = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def make_warehouse(command: str, *arguments: str, data: Path, target: Path | None = None) -> int:
    """Run *build* or *consolidate* in this process up to its warehouse, for what is asked of the warehouse alone: dbt
    with its tests, without validation and release. Returns the exit code. ``target``: that of an earlier run in a data
    folder of the same path and with the same arguments, so that dbt need not read the project again."""
    before = os.umask(0o022)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warehouse_build, "build", build_warehouse)
        for name, value in {
            "PLIE_DATA_DIR": data, "DBT_TARGET_PATH": target or data / "target", "DBT_LOG_PATH": data / "logs",
        }.items():  # fmt: skip
            patch.setenv(name, str(value))
        try:
            return cli.main([command, *arguments])
        finally:
            os.umask(before)


def build_warehouse(data: DataFolder, _: Console, options: Options) -> None:
    """A build of the tables, in place of the one that is validated and released."""
    shutil.rmtree(data.building, ignore_errors=True)
    inputs = BuildInputs.read(options, data.accepted)
    command = ["build", "--exclude-resource-type", "unit_test", "--exclude", "validation_results", "release"]
    outcome = run_in_subprocess(run_dbt, command, data, options.variables(), progress=lambda _: None)
    assert outcome.success, outcome.messages
    coming = history.prepare(data, data.working_file, inputs.deliveries, inputs.rules)
    data.working_file.replace(data.warehouse)
    history.commit(coming)


TIERS = ("unit", "sql", "warehouse", "e2e")

# Files that take longest come first: no worker is left with one of them at the end. The first does not wait for the
# build that the others share.
LONGEST = (
    "test_national_run", "test_consolidate", "test_corruption", "test_revisions", "test_attack_on_the_sample",
    "test_unit_tests", "test_release", "test_intake_hostile", "test_intake_field", "test_chain", "test_intake",
    "test_simulator",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A closing line for each tier, where several ran: what came of its tests, and how long workers were at them."""
    lines = {}
    for tier in TIERS:
        reports = [
            (outcome, report)
            for outcome, reports in terminalreporter.stats.items()
            for report in reports
            if f"tests/python/{tier}/" in getattr(report, "nodeid", "")
        ]
        counts = Counter(outcome for outcome, _ in reports if outcome not in ("", "deselected"))
        if counts:
            said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items(), key=lambda one: one[0]))
            lines[tier] = f"{said} in {sum(getattr(report, 'duration', 0) for _, report in reports):.0f} s of work"
    if len(lines) > 1:
        terminalreporter.section("tiers")
        for tier, line in lines.items():
            terminalreporter.write_line(f"{tier}: {line}")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Run with the file mode creation mask of another user."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI nothing is left out: a test whose part is missing here fails there."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        said = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"left out, and under CI nothing may be: {said}"
    return report


@contextmanager
def forked_from(*modules: str, beside: str) -> Iterator[BaseContext]:
    """Processes that start quickly: forked from one that has loaded ``modules``, found in the folder of the file
    ``beside`` too."""
    paths = [str(PROJECT / "scripts"), str(PROJECT / "tests" / "python"), str(Path(beside).parent)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([*paths, os.environ["PYTHONPATH"]]))
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([*modules])
        yield context


# Runs a subcommand in this process: exit code, output, errors.
InProcess = Callable[..., tuple[int, str, str]]


@pytest.fixture
def in_process(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> InProcess:
    """A subcommand of ``plie`` in this process, for what it says: exit code, output, errors."""

    def run(*arguments: str, data: Path) -> tuple[int, str, str]:
        monkeypatch.setenv("PLIE_DATA_DIR", str(data))
        monkeypatch.setenv("COLUMNS", "160")
        before = os.umask(0o022)
        try:
            code = cli.main([*arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        finally:
            os.umask(before)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A data folder that is not there yet."""
    return DataFolder(tmp_path / "data")


@pytest.fixture(scope="session")
def built() -> Built:
    """The sample, built once by the same command as ``make build``; dbt's unit tests are those of the tier sql."""

    def make(folder: Path) -> None:
        run = run_plie("build", "--without-unit-tests", data=folder)
        assert run.returncode == 0, f"the build failed:\n{run.stdout}\n{run.stderr}"
        (folder / "printed.txt").write_text(run.stdout, encoding="utf-8")

    data = made_once("build", make)
    return Built(data, data / "target", (data / "printed.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def simulated() -> Path:
    """The landing that ``plie national`` simulates, made once by the command of its first stage."""

    def make(folder: Path) -> None:
        simulation, *_ = national.steps(folder / "landing")
        run = subprocess.run(
            [sys.executable, *simulation.command], cwd=PROJECT, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr

    return made_once("simulated", make) / "landing"


@pytest.fixture(scope="session")
def warehouse(built: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    """The private warehouse, read-only."""
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def project_as_read() -> Path:
    """dbt's target after it has read the project, for the data folder of ``compiled``: nothing is compiled."""
    return made_once("parsed", lambda folder: dbt(folder, ["parse"], data=place("compiled"))) / "target"


@pytest.fixture(scope="session")
def parsed(project_as_read: Path) -> dict:
    """The manifest of the project as dbt reads it."""
    return json.loads((project_as_read / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def compiled(project_as_read: Path) -> Compiled:
    """The project as dbt compiles it, analyses too, beside a file that holds the seeds."""
    commands = ["seed"], ["compile"]
    return Compiled(made_once("compiled", lambda folder: dbt(folder, *commands, read=project_as_read)))


def dbt(folder: Path, *commands: list[str], read: Path | None = None, data: Path | None = None) -> None:
    """Run dbt commands as ``dbt_says`` does; each succeeds."""
    assert not any(said := dbt_says(folder, *commands, read=read, data=data)), said


def dbt_says(folder: Path, *commands: list[str], read: Path | None = None, data: Path | None = None) -> list[str]:
    """Run dbt commands one after the other in one process, on a file and a target of their own in ``folder``, and
    return why each failed, empty where it did not.

    ``read``: the target of an earlier run on the same sources, so that dbt need not read the project again; ``data``:
    the data folder, where it is another.
    """
    run = subprocess.run(
        [sys.executable, "-c", DBT, json.dumps(commands), str(read or "")],
        cwd=PROJECT,
        env=os.environ
        | {
            "PLIE_DATA_DIR": str(data or folder),
            "PLIE_WAREHOUSE": str(folder / "warehouse.duckdb"),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads(run.stdout.splitlines()[-1])


DBT = """
import json, pathlib, sys
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
commands, read = json.loads(sys.argv[1]), sys.argv[2]
manifest = Manifest.from_msgpack((pathlib.Path(read) / "partial_parse.msgpack").read_bytes()) if read else None
failures = []
for command in commands:
    errors = []
    listen = lambda event: errors.append(event.info.msg) if event.info.level == "error" else None
    done = dbtRunner(manifest=manifest, callbacks=[listen]).invoke([*command, "--quiet"])
    failures.append("" if done.success else "\\n".join([f"dbt {' '.join(command)}: {done.exception}", *errors]))
print("\\n" + json.dumps(failures))
"""


def make_again(connection: duckdb.DuckDBPyConnection, built: Built, models: list[str]) -> None:
    """Make models anew from what is in a copy of the warehouse, in the order given."""
    nodes = {node["name"]: node for node in built.manifest["nodes"].values() if node["resource_type"] == "model"}
    for name in models:
        node = nodes[name]
        compiled = built.target / "compiled" / "plie_warehouse" / node["original_file_path"]
        connection.execute(
            f"create or replace table {node['schema']}.{node['alias']} as {compiled.read_text(encoding='utf-8')}"
        )


def number_of_rows(warehouse: duckdb.DuckDBPyConnection, rows_sql: str, is_summed: bool) -> object:
    """What the query of the rows of a part of a figure gives: how many there are, or how much they add up to."""
    total = "coalesce(sum(amount), 0)" if is_summed else "count(*)"
    return warehouse.execute(f"select {total} from ({rows_sql})").fetchone()[0]


def parts_and_rows(
    warehouse: duckdb.DuckDBPyConnection, part: str
) -> tuple[dict[str, str], list[tuple[str, object, object]]]:
    """Printed figures of which a warehouse gives a part, *numerator* or *denominator*: figure -> the query of its rows;
    and those whose rows do not give what the part says (figure, part, what the rows give)."""
    query = {"numerator": "rows_sql", "denominator": "denominator_rows_sql"}[part]
    figures = warehouse.execute(
        f"select compared.figure_id, compared.{query}, compared.{part}, parts.is_summed"
        " from marts.printed_comparison as compared"
        " inner join reference.measures as definitions using (indicator_code, cut, method_version)"
        " inner join reference.measures as parts on definitions.mart = parts.mart and definitions.cut = parts.cut"
        f" and definitions.{part} = parts.measure where compared.{part} is not null"
    ).fetchall()
    wrong = [
        (figure, value, found)
        for figure, rows, value, is_summed in figures
        if (found := number_of_rows(warehouse, rows, is_summed)) != value
    ]
    return {figure: rows for figure, rows, *_ in figures}, wrong


@pytest.fixture
def corrupt(built: Built, tmp_path: Path) -> Callable[..., Path]:
    """Make a copy of the warehouse, run statements on it, and return its path."""

    def make(*statements: str) -> Path:
        copy = tmp_path / "warehouse.duckdb"
        shutil.copyfile(built.warehouse, copy)
        with duckdb.connect(str(copy)) as connection:
            for statement in statements:
                connection.execute(statement)
        return copy

    return make


@pytest.fixture
def quick_build(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """The last node of a build in this process: a given warehouse has passed."""
    from plie_warehouse import working_file
    from plie_warehouse.release import release_step

    # The warehouse is no store's, whose rows would be counted in it.
    monkeypatch.setattr(release_step, "demand_rows", lambda *_: None)

    def build(data: DataFolder, warehouse: Path, deliveries: str = SAMPLE) -> None:
        docs = data.building / data.validation.name
        docs.mkdir(parents=True, exist_ok=True)
        (docs / "index.html").write_text(warehouse.name, encoding="utf-8")
        shutil.copyfile(warehouse, data.working_file)
        options = Options(deliveries=deliveries)
        inputs = BuildInputs.read(options, data.accepted)
        working_file._run[:] = [
            working_file.Run(data.working_file, data, options, inputs, "program", True, True, "1GB")
        ]
        with duckdb.connect(str(data.working_file)) as session:
            session.execute(
                "create schema if not exists build; create schema if not exists quality;"
                " create or replace table build.plan as select * from (values ('seed', 0, 0), ('model', 2, 2),"
                " ('test', 0, 0), ('unit_test', null, 0)) as kinds (resource_type, planned, in_project);"
                " create or replace table quality.validation_results as select 'one' as suite, 1 as evaluated_count"
            )
            assert release_step.release_build(session).fetchone()[0]

    with umask(0o022):
        yield build


@pytest.fixture(scope="session")
def undelivered(compiled: Compiled) -> Iterator[Scenario]:
    """The compiled models, in memory, and nothing delivered."""
    with Scenario(compiled.warehouse, compiled.target) as made:
        yield made


@pytest.fixture
def scenario(undelivered: Scenario) -> Iterator[Scenario]:
    """Deliveries of one's own through the compiled models; they are gone after the test."""
    with undelivered.undone():
        yield undelivered


@pytest.fixture(scope="session")
def sample(compiled: Compiled) -> Iterator[Scenario]:
    """The sample's deliveries through the compiled models, in memory, once for all who only look."""
    with Scenario(compiled.warehouse, compiled.target) as made:
        yield made.deliver_sample().run()
