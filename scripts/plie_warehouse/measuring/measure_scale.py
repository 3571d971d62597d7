"""How cost grows with the rows: the same part of the chain on DuckDB and on the other engines, at several sizes.

A size is the accepted store of a consolidated network with the rows of each person of the PLIE repeated under other
pseudonyms, so that every rule meets its cases as often as before. DuckDB builds from that store first; an engine is
given what DuckDB read, builds the same models with the same data tests, and is compared with it, cell by cell.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from plie_warehouse.console import output
from plie_warehouse.engines import EngineError, sail
from plie_warehouse.engines.chain import Brought, bring
from plie_warehouse.engines.delivered import dbt_command
from plie_warehouse.engines.server import postgres_server
from plie_warehouse.errors import UsageError
from plie_warehouse.measuring import bench
from plie_warehouse.measuring.cost import Measure, MeasureError, TreeMemory, measured, processor_seconds
from plie_warehouse.paths import STORE, DataFolder
from plie_warehouse.sql import text

# Tables that hold rows of persons, and the columns that name the person or what is the person's own.
OF_PERSONS = {
    # A referent of 16 times as many persons would not fit the columns of the case-load.
    "participants": ("participant_id", "referent_id"),
    "steps": ("participant_id", "step_id"),
    "exits": ("participant_id",),
    "followups": ("participant_id",),
}
# What is built: the marts of the PLIE, with all that they rest on.
PART = "+path:models/marts/plie"
# What else the export to an engine copies, and DuckDB alone builds.
LISTS = "path:seeds/reference"
ACTIVITY = ("+path:models/intermediate/activity", "+path:models/marts/activity")

# From so many rows of participants on the figures alone are compared, and no row of a person: to compare those takes
# longer than to make them.
ROWS_COMPARED = 500_000

DUCKDB = "duckdb"
# As they are shown; Sail with the number of its workers, 0: the server does the work itself.
LABELS = {
    DUCKDB: "DuckDB",
    "sail": "Sail, one process",
    "sail-1": "Sail, 1 worker",
    "sail-2": "Sail, 2 workers",
    "postgres": "PostgreSQL",
}
WORKERS = {"sail": 0, "sail-1": 1, "sail-2": 2}
RESULTS = "scale.json"
FIRST_LINE = "<!-- written by plie measure scale --write -->"


@dataclass(frozen=True)
class Scaled:
    """What one engine cost at one size, of ``participants`` rows. ``measure``: the build with its data tests, None when
    it ``failed``, and why; ``loading``: seconds to bring the rows there; ``cells`` that were equal to DuckDB's."""

    engine: str
    participants: int
    measure: Measure | None
    loading: float = 0.0
    cells: int = 0
    failed: str = ""


def multiply(source: DataFolder, data: DataFolder, times: int) -> int:
    """Write the accepted store of ``source`` into ``data``, with the rows of persons ``times`` times; returns how many
    rows of participants it has. A store that is there is kept."""
    if not data.accepted.exists():
        draft = data.root / "accepted-draft"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(source.accepted, draft)
        with duckdb.connect() as connection:
            for table, names in OF_PERSONS.items():
                # An id that is not there stays so: it is a case of a rule.
                renamed = [
                    f"case when {name} <> '' then {name} || '-' || repeat_no else {name} end as {name}"
                    for name in names
                ]
                changed = ", ".join([*renamed, "source_file || '-' || repeat_no as source_file"])
                for file in (draft / table).rglob("*.parquet"):
                    rows = (
                        f"read_parquet({text(file)}, hive_partitioning = false), range({times}) as repeats (repeat_no)"
                    )
                    made = file.with_suffix(".made")
                    repeated = f"select * exclude (repeat_no) replace ({changed}) from {rows}"
                    connection.execute(f"copy ({repeated}) to {text(made)} (format parquet)")
                    made.replace(file)
        draft.rename(data.accepted)
    with duckdb.connect() as connection:
        files = text(data.accepted / "participants" / "*" / "*" / "*.parquet")
        return connection.execute(f"select count(*) from read_parquet({files}, union_by_name = true)").fetchone()[0]


def build_with_duckdb(data: DataFolder, participants: int) -> Scaled:
    """Build the part from the store of ``data`` in its working file."""
    environment = {"PLIE_DATA_DIR": str(data.root)}
    variables = ["--vars", json.dumps({"deliveries": STORE})]

    def dbt(name: str, *arguments: str) -> Measure:
        options = ["--indirect-selection", "cautious", "--exclude-resource-type", "unit_test", *variables]
        return measured(name, dbt_command(["build", *arguments, *options], data.root / "target"), environment)

    shutil.rmtree(data.building, ignore_errors=True)
    try:
        dbt("reference lists", "--select", LISTS)
        part = dbt(LABELS[DUCKDB], "--select", f"{PART},selector:engines")
        dbt("registers of the head", "--select", *ACTIVITY, "--exclude", PART, LISTS)
    except MeasureError as error:
        return Scaled(DUCKDB, participants, None, failed=_why(error, data, DUCKDB))
    return Scaled(DUCKDB, participants, part)


@contextmanager
def server(engine: str, folder: Path) -> Iterator[int]:
    """An engine of its own, started for one size; gives its process."""
    if engine == "postgres":
        with postgres_server() as process:
            yield process
    else:
        with sail.server(folder, WORKERS[engine]) as started:
            yield started.pid


def build_with_engine(engine: str, data: DataFolder, folder: Path, participants: int) -> Scaled:
    """Bring what DuckDB read to an engine, build the part there, compare. What fails there is a result too."""
    with server(engine, folder) as process:
        started = time.perf_counter()
        brought = bring("postgres" if engine == "postgres" else "sail", data, STORE, folder)
        loading = time.perf_counter() - started
        try:
            measure = _measured_with(process, brought, data, LABELS[engine])
            wanted = is_of_figures if participants > ROWS_COMPARED else lambda table: True
            compared = brought.compare(data.working_file, wanted)
        except (MeasureError, EngineError, duckdb.Error) as error:
            return Scaled(engine, participants, None, loading, failed=_why(error, data, engine))
    if compared.differences:
        return Scaled(engine, participants, None, loading, failed=compared.differences[0])
    return Scaled(engine, participants, measure, loading, compared.cells)


def is_of_figures(table: str) -> bool:
    """A mart that has no rows of persons."""
    return table.startswith("marts.") and not table.startswith("marts.fct_")


def _measured_with(process: int, brought: Brought, data: DataFolder, name: str) -> Measure:
    """The build, with what the engine's own process took meanwhile. Memory: the largest of dbt's and of the engine's,
    added."""
    environment = {"PLIE_DATA_DIR": str(data.root), **brought.environment}
    before = processor_seconds(process)
    with TreeMemory(process) as memory:
        client = measured(name, dbt_command(brought.command([PART]), brought.target), environment)
    used = client.processor + processor_seconds(process) - before
    return Measure(name, client.seconds, used, client.gigabytes + memory.largest / 1e9)


def _why(error: Exception, data: DataFolder, engine: str) -> str:
    """Why an engine stopped, in a line; all that was said is kept in ``<engine>.log`` of the folder of the size."""
    (data.root / f"{engine}.log").write_text(str(error), encoding="utf-8")
    return last_words(str(error))


def last_words(said: str) -> str:
    """The line of an error that says most, short enough for a table."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "Error: " in line] or lines or ["it stopped"]
    return telling[-1][:200]


def measure(options: argparse.Namespace) -> None:
    """Measure each engine at each size, and keep the results; with ``write`` put them into docs/performance.md."""
    folder: Path = options.folder.resolve()
    kept = folder / RESULTS
    if options.write:
        results = bench.load(kept)
        if not results:
            raise UsageError("nothing was measured yet: run plie measure scale without --write first")
        bench.put(document(results), FIRST_LINE)
        return
    if unknown := [name for name in options.engines if name not in LABELS]:
        raise UsageError(f"no engine is named {', '.join(unknown)}: there are {', '.join(LABELS)}")
    source = DataFolder(options.source.resolve())
    if not source.accepted.exists():
        raise UsageError(f"no accepted deliveries in {source.root}: run make national, or name a folder by --source")
    console = output(soft_wrap=True, markup=False)
    for times in options.times:
        data = DataFolder(folder / str(times))
        data.create()
        described = bench.machine()
        participants = multiply(source, data, times)
        console.print(f"{participants:,} rows of participants : {described}")
        for engine in options.engines:
            if engine == DUCKDB:
                found = build_with_duckdb(data, participants)
            elif not data.working_file.exists():
                raise UsageError(f"DuckDB builds first what an engine is compared with: measure {DUCKDB} at this size")
            else:
                with tempfile.TemporaryDirectory(prefix="plie-scale-", dir=folder) as working:
                    found = build_with_engine(engine, data, Path(working) / "brought", participants)
            bench.save(kept, f"{engine}/{times}", {"machine": described, "times": times, **asdict(found)})
            one = found.measure
            console.print(
                f"  {LABELS[engine]}: {found.failed}" if one is None else
                f"  {LABELS[engine]}: {one.seconds:.1f} s, {one.processor:.1f} s of processor, {one.gigabytes:.2f} GB"
                + (f", {found.cells:,} cells equal" if found.cells else ""),
                highlight=False,
            )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- results


def document(results: Mapping[str, Mapping[str, Any]]) -> str:
    """The tables and the chart of ``docs/performance.md``, in Markdown."""
    sizes = sorted({one["participants"] for one in results.values()})
    by_engine = {
        engine: {one["participants"]: one for one in results.values() if one["engine"] == engine} for engine in LABELS
    }
    measured_ones = {engine: found for engine, found in by_engine.items() if found}
    lines = [f"{next(iter(results.values()))['machine']}.", ""]
    lines += [
        "| rows of participants | engine | wall | processor | memory | rows brought in | cells equal to DuckDB's |"
    ]
    lines += ["|---|---|---|---|---|---|---|"]
    for size in sizes:
        for engine, found in measured_ones.items():
            if one := found.get(size):
                lines.append(_row([f"{size / 1e6:.2f} million", LABELS[engine], *_cells(one)]))
    lines += ["", "Of one more million rows of participants, between the two largest sizes of an engine:", ""]
    lines += ["| engine | processor | memory |", "|---|---|---|"]
    for engine, found in measured_ones.items():
        done = sorted((size, one["measure"]) for size, one in found.items() if one["measure"])
        if len(done) > 1:
            (small, less), (large, more) = done[-2:]
            by_million = [(more[what] - less[what]) / (large - small) * 1e6 for what in ("processor", "gigabytes")]
            lines.append(f"| {LABELS[engine]} | {by_million[0]:.0f} s | {by_million[1]:.2f} GB |")
    return "\n".join([*lines, "", *_chart(sizes, measured_ones)])


def _cells(one: Mapping[str, Any]) -> list[str]:
    cost = one["measure"]
    if not cost:
        return [f"stopped: {one['failed']}", "", "", "", ""]
    loading = f"{one['loading']:.1f} s" if one["loading"] else ""
    cells = f"{one['cells']:,}" if one["cells"] else ""
    costs = [f"{cost['seconds']:.0f} s", f"{cost['processor']:.0f} s", f"{cost['gigabytes']:.1f} GB"]
    return [*costs, loading, cells]


def _row(cells: Sequence[str]) -> str:
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _chart(sizes: list[int], results: Mapping[str, Mapping[int, Mapping[str, Any]]]) -> list[str]:
    """Processor seconds by size, of the engines that did every size that more than one did."""
    done = {engine: {size for size, one in found.items() if one["measure"]} for engine, found in results.items()}
    sizes = [size for size in sizes if sum(size in found for found in done.values()) > 1]
    whole = {
        engine: [found[size]["measure"]["processor"] for size in sizes]
        for engine, found in results.items()
        if done[engine].issuperset(sizes)
    }
    names = "; ".join(LABELS[engine] for engine in sorted(whole, key=lambda engine: -whole[engine][-1]))
    lines = ["```mermaid", "xychart-beta", f'    title "Processor seconds (top to bottom at the end: {names})"']
    lines.append("    x-axis [" + ", ".join(f'"{size / 1e6:.2f} M"' for size in sizes) + "]")
    lines.append('    y-axis "seconds"')
    lines += [f"    line [{', '.join(f'{value:.0f}' for value in values)}]" for values in whole.values()]
    return [*lines, "```", ""]
