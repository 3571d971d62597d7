"""The benchmark: what the whole chain costs beside the least that it could cost, in one run, on the same files.

Each network is simulated and taken in once. Then run, one after the other: the whole chain with nothing cached; again,
with nothing changed; its floor (``floor.py``); the part that dbt runs itself, without second enforcement, disclosure
control and release; the floor of that part; ``dbt build`` of one model; dbt with as many nodes in which nothing happens
(``bare.py``); the outcomes by pandas.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from plie_warehouse.errors import PlieError, UsageError
from plie_warehouse.files import replace
from plie_warehouse.measuring import bare
from plie_warehouse.measuring.cost import Measure, measured
from plie_warehouse.national import AS_OF_DATE, PLIE
from plie_warehouse.paths import PROJECT, SAMPLE, STORE, DataFolder
from plie_warehouse.simulator import CLAUSE_YEAR, PLIE_YEAR

DBT = ("-c", "from dbt.cli.main import cli; cli()")
# The model of which a build alone is measured: in the middle of the graph, with its tests and unit tests.
ONE_MODEL = "plie_outcomes"
# What dbt does not run itself: models in Python, and what stands on them.
NOT_DBT = ("validation_results+", "int_disclosure__suppressed+", "release")

INTAKE = "intake"
# The runs, in their order: name -> how the table shows it.
CHAIN, AGAIN, PART, FLOOR, PART_FLOOR = "chain", "again", "part", "floor", "part_floor"
ONE, BARE, PANDAS = "one", "bare", "pandas"
RUNS = {
    CHAIN: "whole chain, nothing cached",
    AGAIN: "whole chain, nothing changed",
    PART: "the part that dbt runs",
    FLOOR: "floor of the chain: its SQL in one connection",
    PART_FLOOR: "floor of that part",
    ONE: f"`dbt build` of one model (`{ONE_MODEL}`)",
    BARE: "dbt with as many nodes in which nothing happens",
    PANDAS: "outcomes alone, by pandas",
}
DISCLOSURE = "int_disclosure__suppressed"

RESULTS = "bench.json"
DOCUMENT = PROJECT / "docs" / "performance.md"
FIRST_LINE, LAST_LINE = "<!-- written by plie bench --write -->", "<!-- until here -->"


class BenchError(PlieError):
    """The results of the benchmark cannot be written."""


@dataclass(frozen=True)
class Size:
    """A network to measure on. ``years``: of its history; ``simulated``: arguments of ``plie simulate``, None for the
    embedded sample."""

    name: str
    years: int
    simulated: Sequence[str] | None

    @property
    def source(self) -> str:
        return SAMPLE if self.simulated is None else STORE


SIZES = {
    size.name: size
    for size in (
        Size("sample", 2, None),
        Size("national", 1, ("--year", str(PLIE_YEAR), "--clause-year", str(CLAUSE_YEAR))),
        Size("5-years", 5, ("--history", "5")),
        Size("22-years", 22, ("--history", "22")),
    )
}


def run(size: Size, root: Path) -> Iterator[Measure]:
    """Measure every run of ``RUNS`` on a network, in the folder ``root``/its name; the disclosure control of the first
    is a measure too, of wall time alone. Raises ``MeasureError`` when a command fails.

    Deliveries that were taken in by an earlier benchmark are used again.
    """
    data = DataFolder(root / size.name)
    data.create()
    environment = {"PLIE_DATA_DIR": str(data.root), "DBT_LOG_PATH": str(data.root / "logs")}
    if size.simulated is not None and not data.accepted.exists():
        landing = data.root / "landing"
        measured("simulation", [*PLIE, "simulate", "--output", str(landing), *size.simulated], environment)
        yield measured(INTAKE, [*PLIE, "intake", str(landing)], environment)
        shutil.rmtree(landing)

    def dbt(name: str, target: str, *arguments: str) -> Measure:
        options = ["--quiet", "--vars", json.dumps(_variables(size))]
        return measured(name, [*DBT, *arguments, *options], environment | {"DBT_TARGET_PATH": str(data.root / target)})

    unit_tests = () if size.source == SAMPLE else ("--exclude-resource-type", "unit_test")
    # Parsing is kept from one run to the next, as in daily use.
    dbt("parsing", "target", "parse")
    # What the last release showed stays shown, which leaves less to decide.
    for remembered in (data.root / "disclosure", data.validation_cache, data.history):
        shutil.rmtree(remembered, ignore_errors=True)
    yield dbt(CHAIN, "target", "build", *unit_tests)
    seconds = _seconds_of(data.root / "target")
    yield Measure(DISCLOSURE, seconds[f"model.plie_warehouse.{DISCLOSURE}"], 0.0, 0.0)
    yield dbt(AGAIN, "target", "build", *unit_tests)
    yield _floor(FLOOR, data, "target", environment)
    shutil.copytree(data.root / "target", data.root / "target-part", dirs_exist_ok=True)
    yield dbt(PART, "target-part", "build", "--exclude-resource-type", "unit_test", "--exclude", *NOT_DBT)
    yield _floor(PART_FLOOR, data, "target-part", environment)
    yield dbt(ONE, "target-part", "build", "--select", ONE_MODEL)
    yield _bare(data, environment)
    program = ["-m", "plie_warehouse.measuring.pandas_outcomes", size.source, str(data.warehouse)]
    yield measured(PANDAS, program, environment)


def _variables(size: Size) -> dict[str, Any]:
    """Variables of dbt: none for the sample, so that what is measured is plain ``dbt build``."""
    if size.source == SAMPLE:
        return {}
    return {"deliveries": STORE, "as_of_date": AS_OF_DATE, "without_unit_tests": True}


def _floor(name: str, data: DataFolder, target: str, environment: Mapping[str, str]) -> Measure:
    answer = data.root / f"{name}.json"
    program = ["-m", "plie_warehouse.measuring.floor", str(data.root / target), str(data.working_file), str(answer)]
    whole = measured(name, program, environment)
    found = json.loads(answer.read_text(encoding="utf-8"))
    return Measure(name, found["seconds"], found["processor"], whole.gigabytes)


def _bare(data: DataFolder, environment: Mapping[str, str]) -> Measure:
    """``dbt build`` of a project of the shape of the chain, the second time, as is the chain with nothing changed."""
    folder = data.root / BARE
    shutil.rmtree(folder, ignore_errors=True)
    manifest = json.loads((data.root / "target" / "manifest.json").read_text(encoding="utf-8"))
    bare.write_project(folder, manifest, _seconds_of(data.root / "target"))
    own = environment | {"DBT_PROJECT_DIR": str(folder), "DBT_PROFILES_DIR": str(folder)}
    own |= {"DBT_TARGET_PATH": str(folder / "target")}
    for _ in range(2):
        measure = measured(BARE, [*DBT, "build", "--quiet"], own)
    return measure


def _seconds_of(target: Path) -> dict[str, float]:
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    return {result["unique_id"]: result["execution_time"] for result in results}


# ------------------------------------------------------------------------------------------------------------- results


def machine() -> str:
    """The machine in a sentence, with the load when the benchmark starts."""
    cpu = platform.processor() or platform.machine()
    memory = ""
    information = Path("/proc/cpuinfo")
    if information.exists():
        names = [
            line.partition(":")[2].strip() for line in information.read_text().splitlines() if "model name" in line
        ]
        cpu = names[0] if names else cpu
        total = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
        memory = f", {int(total.split()[1]) / 2**20:.0f} GB of memory"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{cpu}, {cores} cores{memory}, Python {platform.python_version()}, DuckDB {duckdb.__version__},"
        f" load {os.getloadavg()[0]:.1f} at the start"
    )


def save(file: Path, name: str, found: Mapping[str, Any]) -> None:
    """Add the results of one run to those that ``file`` holds, in place of an earlier one of the same name."""
    known = load(file)
    known[name] = dict(found)
    replace(file, lambda draft: draft.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8"))


def load(file: Path) -> dict[str, Any]:
    """Results by name, none when there is no file. Raises ``BenchError`` for one that cannot be read."""
    if not file.exists():
        return {}
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BenchError(f"{file} holds no results: delete it and measure again") from error


def as_results(
    size: Size, described: str, measures: Sequence[Measure], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """``before``: results of the size that these replace, but for the intake of deliveries that are used again."""
    found = {one.name: asdict(one) for one in measures}
    if before and INTAKE not in found and INTAKE in before["measures"]:
        found = {INTAKE: before["measures"][INTAKE]} | found
    return {"size": size.name, "machine": described, "measures": found}


def ratios(measures: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """What the chain costs by what it is held against, in processor time, as far as both were measured."""
    pairs = {
        f"nothing changed / {RUNS[ONE]}": (AGAIN, ONE),
        f"{RUNS[BARE]} / {RUNS[ONE]}": (BARE, ONE),
        "chain / its floor": (CHAIN, FLOOR),
        "part of dbt / its floor": (PART, PART_FLOOR),
    }
    return {
        label: measures[one]["processor"] / measures[other]["processor"]
        for label, (one, other) in pairs.items()
        if one in measures and other in measures
    }


def document(results: Mapping[str, Any]) -> str:
    """The tables and the chart of ``docs/performance.md``, in Markdown."""
    names = [name for name in SIZES if name in results]
    lines = []
    for name in names:
        size, found = SIZES[name], results[name]
        years = "2 years" if size.source == SAMPLE else f"{size.years} national year{'s' * (size.years > 1)}"
        measures = found["measures"]
        lines += [f"### {name.capitalize()} ({years})", "", f"{found['machine']}.", ""]
        lines += ["| run | wall | processor | peak memory |", "|---|---|---|---|"]
        lines += [
            f"| {label} | {one['seconds']:.1f} s | {one['processor']:.1f} s | {one['gigabytes']:.2f} GB |"
            for key, label in ((INTAKE, INTAKE), *RUNS.items())
            if (one := measures.get(key))
        ]
        if DISCLOSURE in measures:
            lines.append(f"| of the first: disclosure control | {measures[DISCLOSURE]['seconds']:.1f} s | | |")
        lines += ["", "| processor time | ratio |", "|---|---|"]
        lines += [f"| {label} | {value:.1f} |" for label, value in ratios(measures).items()]
        lines.append("")
    lines += _growth(results)
    if len(names) > 1:
        lines += _chart(names, results)
    return "\n".join(lines)


def _growth(results: Mapping[str, Any]) -> list[str]:
    """What one more year costs, from the longest history and the shortest."""
    simulated = [SIZES[name] for name in SIZES if name in results and SIZES[name].simulated is not None]
    if len(simulated) < 2:
        return []
    first, last = simulated[0], simulated[-1]
    lines = [f"Of one more national year, from {first.years} to {last.years}:", ""]
    lines += ["| run | processor | peak memory |", "|---|---|---|"]
    for key in (CHAIN, AGAIN, PART, PART_FLOOR, PANDAS):
        one, other = (results[size.name]["measures"].get(key) for size in (first, last))
        if not one or not other:
            continue
        by_year = [(other[what] - one[what]) / (last.years - first.years) for what in ("processor", "gigabytes")]
        lines.append(f"| {RUNS[key]} | {by_year[0]:.1f} s | {round(by_year[1], 2) + 0.0:.2f} GB |")
    return [*lines, ""]


def _chart(names: Sequence[str], results: Mapping[str, Any]) -> list[str]:
    lines = [
        "```mermaid",
        "xychart-beta",
        '    title "Processor seconds: chain, nothing changed, floor (top to bottom)"',
    ]
    lines.append("    x-axis [" + ", ".join(f'"{name}"' for name in names) + "]")
    lines.append('    y-axis "seconds"')
    for key in (CHAIN, AGAIN, FLOOR):
        found = [results[name]["measures"].get(key) for name in names]
        if all(found):
            lines.append("    line [" + ", ".join(f"{one['processor']:.0f}" for one in found) + "]")
    return [*lines, "```", ""]


def write(results: Mapping[str, Any], file: Path = DOCUMENT) -> None:
    """Put the results between the two marks of ``file``. Raises ``BenchError`` when it has no such marks."""
    if not results:
        raise UsageError("nothing was measured yet: run plie bench without --write first")
    put(document(results), FIRST_LINE, file)


def put(text: str, first_line: str, file: Path = DOCUMENT) -> None:
    """Put a text between ``first_line`` of a document and the next ``LAST_LINE``. Raises ``BenchError`` when it has no
    such lines."""
    before, first, rest = file.read_text(encoding="utf-8").partition(first_line)
    _, last, after = rest.partition(LAST_LINE)
    if not first or not last:
        raise BenchError(f"{file} has no place for the results: it needs the lines {first_line} and {LAST_LINE}")
    whole = f"{before}{first}\n\n{text}\n{last}{after}"
    replace(file, lambda draft: draft.write_text(whole, encoding="utf-8"))
