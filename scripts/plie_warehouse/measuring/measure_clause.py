"""Measure the social clause on a generated national year: its intake, then the SQL and the memory of its models."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import duckdb
from rich.table import Table

from plie_warehouse.console import output
from plie_warehouse.measuring.cost import measured
from plie_warehouse.simulator.simulated_landing import simulate

TARGET_SECONDS, TARGET_GIGABYTES = 10, 2.0

# Folders of models -> the part that they are. The last is shared with the PLIE, whose deliveries are not there.
CLAUSE, SHARED = "clause", "quality and indicators"
PARTS = {
    "models/staging/clause": CLAUSE,
    "models/staging/network": CLAUSE,
    "models/intermediate/clause": CLAUSE,
    "models/intermediate/network": CLAUSE,
    "models/marts/clause": CLAUSE,
    "models/quality": SHARED,
    "models/marts/reporting": SHARED,
    "models/indicators": SHARED,
}
SCANS = 5


def part_of(path: str) -> str:
    """The part that a node's file belongs to, '' for what only has to be there first."""
    return next((part for folder, part in PARTS.items() if path.startswith(f"{folder}/")), "")


def build(data: Path) -> tuple[float, float]:
    """Run dbt on the store under ``data``, with every model and test of the parts; (wall seconds, gigabytes).

    One model at a time, so that the seconds of two of them do not overlap and add up to those of the run; each query
    still has every core. Unit tests bring their own rows: the size of the year does not change them.
    """
    options = ["--quiet", "--threads", "1", "--exclude-resource-type", "unit_test"]
    options += ["--vars", json.dumps({"deliveries": "store"})]
    options += ["--select", "path:seeds/reference", *(f"+path:{folder}" for folder in PARTS)]
    cost = measured(
        "dbt",
        ["-c", "from dbt.cli.main import cli; cli()", "build", *options],
        {
            "PLIE_DATA_DIR": str(data),
            "PLIE_WAREHOUSE": str(data / "warehouse.duckdb"),
            "DBT_TARGET_PATH": str(data / "target"),
            "DBT_LOG_PATH": str(data / "logs"),
        },
    )
    return cost.seconds, cost.gigabytes


def dbt_seconds(data: Path) -> dict[str, float]:
    """What dbt says of its nodes, in seconds summed by part, tests and the rest apart: SQL, compiling and comments."""
    manifest = json.loads((data / "target" / "manifest.json").read_text(encoding="utf-8"))
    ran = json.loads((data / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    sums: dict[str, float] = defaultdict(float)
    for one in ran:
        node = manifest["nodes"][one["unique_id"]]
        kind, part = node["resource_type"], part_of(node["original_file_path"])
        if kind == "model":
            sums[f"models: {part or 'read by these'}"] += one["execution_time"]
        else:
            sums["data tests" if kind == "test" else "seeds"] += one["execution_time"]
    return dict(sums)


def sql_seconds(data: Path) -> tuple[dict[str, float], list[tuple[str, float]]]:
    """The SQL alone: each compiled model of the parts once more, written as a table into the same file, every core at
    work. Seconds by part, and the models slowest first; a view takes none."""
    manifest = json.loads((data / "target" / "manifest.json").read_text(encoding="utf-8"))
    compiled = data / "target" / "compiled" / manifest["metadata"]["project_name"]
    sums: dict[str, float] = defaultdict(float)
    models = []
    with duckdb.connect(str(data / "warehouse.duckdb")) as connection:
        for node in manifest["nodes"].values():
            part = part_of(node["original_file_path"])
            if node["resource_type"] != "model" or not part or node["config"]["materialized"] == "view":
                continue
            sql = (compiled / node["original_file_path"]).read_text(encoding="utf-8")
            started = time.perf_counter()
            connection.execute(f"create or replace table measured as {sql}")
            seconds = time.perf_counter() - started
            models.append((node["name"], seconds))
            sums[part] += seconds
        connection.execute("drop table measured")
    return dict(sums), sorted(models, key=lambda model: -model[1])


def scan_seconds(data: Path) -> float:
    """Median time of a query that any machine can be measured by: the sum of the hours over the accepted files."""
    seconds = []
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        for _ in range(SCANS):
            started = time.perf_counter()
            connection.execute(
                "select sum(try_cast(replace(hours, ',', '.') as decimal(14, 2))) from read_parquet(?)",
                [f"{data}/accepted/hours/*/*/*.parquet"],
            ).fetchall()
            seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def volumes(data: Path) -> Iterable[tuple[str, str]]:
    """What was built, as the marts count it."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select hours_delivered, hours_counted, etp, beneficiaries, work_contracts, procurements"
            " from marts.clause_hours_etp where territory_kind = 'national' and cut = 'total'"
        )
        names = [column[0] for column in found.description]
        for row in found.fetchall():
            yield from ((name, f"{value:,}") for name, value in zip(names, row, strict=True))
        yield "hour rows", f"{connection.execute('select count(*) from staging.stg_clause__hours').fetchone()[0]:,}"


def measure(options: argparse.Namespace) -> None:
    """Simulate a year, take it in, build it and print its cost. Raises ``MeasureError`` when a command fails."""
    console = output()
    with tempfile.TemporaryDirectory(prefix="clause-") as folder:
        landing, data = Path(folder) / "landing", Path(folder) / "data"
        started = time.perf_counter()
        paths = simulate(landing, options.seed, clause_years=[options.year], kinds=("clause", "network"))
        console.print(f"landing of {len(paths)} files written in {time.perf_counter() - started:.1f} s")
        command = ["-m", "plie_warehouse", "intake", str(landing)]
        intake = measured("intake", command, {"PLIE_DATA_DIR": str(data)})
        console.print(f"intake: {intake.seconds:.1f} s, {intake.gigabytes:.2f} GB")
        wall, gigabytes = build(data)
        by_dbt = dbt_seconds(data)
        seconds, models = sql_seconds(data)
        scan = scan_seconds(data)
        for name, value in volumes(data):
            console.print(f"  {name}: {value}")

    table = Table("", "seconds", "scans of the hours")
    for column in table.columns[1:]:
        column.justify = "right"
    rows = [
        (f"SQL of the models: {CLAUSE} (target {TARGET_SECONDS} s)", seconds[CLAUSE]),
        (f"SQL of the models: {SHARED}", seconds[SHARED]),
    ]
    rows += [(f"  {name}", value) for name, value in models[: options.slowest]]
    rows += [(f"dbt, {name}", value) for name, value in sorted(by_dbt.items())]
    rows += [("one scan of the hours", scan), ("wall time of dbt", wall)]
    for name, value in rows:
        table.add_row(name, f"{value:.2f}", f"{value / scan:.0f}")
    console.print(table)
    console.print(f"peak memory of dbt: {gigabytes:.2f} GB (target {TARGET_GIGABYTES:.0f} GB)")
