"""Measure the intake of a national year: time and memory, of everything and then of one changed supplier."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from rich.table import Table

from plie_warehouse.console import output
from plie_warehouse.measuring.cost import Measure, measured
from plie_warehouse.simulator.simulated_landing import simulate

CHANGED = "59-01"


def run_intake(name: str, landing: Path, data: Path) -> Measure:
    """Run ``plie intake`` on ``landing``. Raises ``MeasureError`` when it fails."""
    return measured(name, ["-m", "plie_warehouse", "intake", str(landing)], {"PLIE_DATA_DIR": str(data)})


def change_one_supplier(landing: Path, year: int) -> None:
    """The supplier corrects its delivery: the last exit goes."""
    path = landing / "plie" / CHANGED / str(year) / "exits.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))


def measure(options: argparse.Namespace) -> None:
    """Simulate a year, take it in three times and print the costs. Raises ``MeasureError`` when an intake fails."""
    console = output()
    with tempfile.TemporaryDirectory(prefix="landing-") as folder:
        landing, data = Path(folder) / "landing", Path(folder) / "data"
        started = time.perf_counter()
        paths = simulate(landing, options.seed, years=[options.year], kinds=("plie",))
        console.print(f"landing of {len(paths)} files written in {time.perf_counter() - started:.1f} s")
        measures = [run_intake("128 suppliers, all new", landing, data)]
        change_one_supplier(landing, options.year)
        measures.append(run_intake("one supplier changed", landing, data))
        measures.append(run_intake("nothing changed", landing, data))

    table = Table("run", "seconds", "of the first run", "processor seconds", "peak memory (GB)")
    for column in table.columns[1:]:
        column.justify = "right"
    for measure in measures:
        share = f"{measure.seconds / measures[0].seconds:.0%}"
        table.add_row(
            measure.name, f"{measure.seconds:.1f}", share, f"{measure.processor:.1f}", f"{measure.gigabytes:.2f}"
        )
    console.print(table)
