"""The national consolidation on a simulated network: simulate, take in, build, compare with what was printed.

The stages are the commands that everybody uses, each in a process of its own, in a data folder under the real one.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from plie_warehouse.errors import PlieError
from plie_warehouse.measuring.cost import TreeMemory
from plie_warehouse.paths import ALL_LEVELS, DataFolder
from plie_warehouse.simulator import CLAUSE_YEAR, PLIE_YEAR

# What was printed of the years before 2021 is shares: a panel of PLIE delivers them.
PANEL_YEARS = (2016, 2018, 2019, 2020)
AS_OF_DATE = "2023-01-31"
# Arguments of the interpreter that start the command line.
PLIE = ("-m", "plie_warehouse")
EXPLAINED = ("reproduced", "rule", "declared", "contradicted")
NOT_COMPARABLE = "not_comparable"


class NationalError(PlieError):
    """A stage that failed: its command says why."""


@dataclass(frozen=True)
class Stage:
    """One stage that ran: wall time in seconds, processor time of it and its children, and the largest memory in bytes
    of all its processes together (of the largest of them, where that cannot be seen)."""

    name: str
    seconds: float
    processor_seconds: float
    memory: int


@dataclass(frozen=True)
class Step:
    """A command, arguments of the interpreter, by the name of its stage; ``parallel``: what runs meanwhile."""

    name: str
    command: list[str]
    parallel: list[str] | None = None


@dataclass(frozen=True)
class Comparison:
    """The comparison with what was printed. ``counts``: status -> label and number of figures; ``derivable``: figures
    that follow from rows, registers, the survey or a rule; ``not_comparable``: those of them of years that too few PLIE
    delivered (D75); ``unexplained``: those that are neither that nor ``EXPLAINED``, with printed and own value;
    ``contradicted``: the arithmetic of each."""

    counts: dict[str, tuple[str, int]]
    derivable: int
    not_comparable: int
    unexplained: list[tuple[str, str, float, float | None]]
    contradicted: list[tuple[str, float, float, str]]


def folder_of(data: DataFolder) -> DataFolder:
    """Where the simulated network lives, apart from real deliveries."""
    return DataFolder(data.root / "national")


def steps(landing: Path, published_levels: str = ALL_LEVELS) -> list[Step]:
    """The stages in their order. ``published_levels``: see ``build_inputs.Options``."""
    years = [str(year) for year in PANEL_YEARS]
    simulate = ["--output", str(landing), "--year", str(PLIE_YEAR), "--clause-year", str(CLAUSE_YEAR)]
    # Unit tests bring their own rows: `make build` and `make test` run them, and no delivery changes what they say.
    build = [*PLIE, "build", "--deliveries", "store", "--as-of-date", AS_OF_DATE, "--without-unit-tests"]
    build += ["--published-levels", published_levels]
    return [
        # The simulation takes one core: on the other dbt reads the project.
        Step(
            "simulation",
            [*PLIE, "simulate", *simulate, "--panel-years", *years],
            parallel=[*build, "--parse-only"],
        ),
        Step("prise en charge", [*PLIE, "intake", str(landing)]),
        Step("construction, contrôles, publication", build),
    ]


def run(data: DataFolder, quiet: bool = False, published_levels: str = ALL_LEVELS) -> list[Stage]:
    """Run the stages in ``data``. ``quiet``: what they print is kept for an error. ``published_levels``: see
    ``warehouse_build.build``. Raises ``NationalError`` when one
    fails; what an earlier run published stays."""
    data.create()
    landing = data.root / "landing"
    shutil.rmtree(landing, ignore_errors=True)
    return [_run(step, data, quiet) for step in steps(landing, published_levels)]


def _run(step: Step, data: DataFolder, quiet: bool) -> Stage:
    started = time.perf_counter()
    parallel = _Process(step.parallel, data, "parallel", is_quiet=True) if step.parallel else None
    process = _Process(step.command, data, "last_stage", quiet)
    with TreeMemory(os.getpid()) as memory:
        ran = [one.wait() for one in (process, parallel) if one]
    seconds = time.perf_counter() - started
    for code, said, _ in ran:
        if code:
            raise NationalError(f"{step.name} : arrêt avec le code {code}\n{said}".rstrip())
    kibibytes = 1 if sys.platform == "darwin" else 1024
    largest = max(usage.ru_maxrss for *_, usage in ran) * kibibytes
    processor = sum(usage.ru_utime + usage.ru_stime for *_, usage in ran)
    return Stage(step.name, seconds, processor, memory.largest or largest)


class _Process:
    """A command in a process of its own; what it prints is shown, or kept for an error."""

    def __init__(self, command: list[str], data: DataFolder, name: str, is_quiet: bool) -> None:
        self.log = data.root / f"{name}.log"
        # A target of its own, so that a build of other deliveries need not parse the project again.
        own = {"PLIE_DATA_DIR": str(data.root), "DBT_TARGET_PATH": str(data.root / "target")}
        with self.log.open("wb") as output:
            sink = output if is_quiet else None
            self.process = subprocess.Popen(
                [sys.executable, *command],
                env=os.environ | own | {"DBT_LOG_PATH": str(data.root / "logs")},
                stdout=sink,
                stderr=sink,
            )

    def wait(self) -> tuple[int, str, resource.struct_rusage]:
        """Exit code, the end of what it printed, what it used."""
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        said = self.log.read_text(encoding="utf-8", errors="replace")[-4000:]
        self.log.unlink()
        return self.process.returncode, said, usage


def compared(warehouse: Path) -> Comparison:
    """The comparison with the printed figures in a built warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        counts = connection.execute(
            "select statuses.status, statuses.label_fr, count(figure_id) from reference.comparison_statuses as statuses"
            " left join marts.printed_comparison as compared on statuses.status = compared.status"
            " group by statuses.status, statuses.label_fr, statuses.display_order order by statuses.display_order"
        ).fetchall()
        listed = connection.execute(
            "select figure_id, status, label_fr, printed_value::double, our_value::double, explanation_fr"
            " from marts.printed_comparison where derivable_from is not null order by figure_id"
        ).fetchall()
    return Comparison(
        counts={status: (label, number) for status, label, number in counts},
        derivable=len(listed),
        not_comparable=sum(row[1] == NOT_COMPARABLE for row in listed),
        unexplained=[(row[0], row[2], row[3], row[4]) for row in listed if row[1] not in (*EXPLAINED, NOT_COMPARABLE)],
        contradicted=[(row[0], row[3], row[4], row[5]) for row in listed if row[1] == "contradicted"],
    )
