"""What the tests share: one build of the sample in a folder of its own, and ways to look at it and to change copies."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from scenario import Scenario

from plie_warehouse.paths import PROJECT

# The result of the disclosure control is cached from build to build, under a checksum of all that it depends on.
os.environ.setdefault("PLIE_DISCLOSURE_CACHE", str(PROJECT / ".pytest_cache" / "disclosure"))


PLIE = (sys.executable, "-m", "plie_warehouse")
# Every process that a test starts imports the package of this project.
os.environ["PYTHONPATH"] = str(PROJECT / "scripts")


@dataclass(frozen=True)
class Built:
    """A finished build: its data folder, dbt's target folder, and what the command printed."""

    data: Path
    target: Path
    printed: str

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse.duckdb"

    @property
    def serving(self) -> Path:
        return self.data / "serving" / "plie_marts.duckdb"

    @property
    def manifest(self) -> dict:
        return json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))


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
    at_most_seconds: int = 600,
) -> subprocess.CompletedProcess[str]:
    """Run a subcommand of ``plie`` to its end."""
    with start_plie(command, *arguments, data=data, project=project, target=target) as process:
        try:
            stdout, stderr = process.communicate(timeout=at_most_seconds)
        except subprocess.TimeoutExpired:
            # The context would wait for it.
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sample, built once by the same command as ``make build``."""
    data = tmp_path_factory.mktemp("data")
    run = run_plie("build", data=data)
    assert run.returncode == 0, f"the build failed:\n{run.stdout}\n{run.stderr}"
    return Built(data, data / "target", run.stdout)


@pytest.fixture(scope="session")
def warehouse(built: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    """The private warehouse, read-only."""
    with duckdb.connect(str(built.warehouse), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def compiled_analyses(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The analyses as SQL, compiled by dbt: a build leaves them out."""
    target = tmp_path_factory.mktemp("analyses")
    run = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "compile", "--select", "resource_type:analysis", "--quiet"],
        cwd=PROJECT,
        # A file of its own: dbt would want to write into one that these tests read.
        env=os.environ | {"PLIE_WAREHOUSE": str(target / "warehouse.duckdb"), "DBT_TARGET_PATH": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return target / "compiled" / "plie_warehouse" / "analyses"


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
def scenario(built: Built) -> Iterator[Scenario]:
    """Deliveries of one's own through the compiled models, in memory."""
    with Scenario(built.warehouse, built.target) as made:
        yield made
