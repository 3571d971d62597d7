#!/usr/bin/env python3
"""Measure the intake of a national year: time and memory, of everything and then of one changed supplier."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console
from rich.table import Table

from plie_warehouse.measuring import Measure, MeasureError, measured
from plie_warehouse.sample.build import DEFAULT_SEED
from plie_warehouse.simulator.build import simulate

CHANGED = "59-01"
TARGET_SECONDS, TARGET_GIGABYTES = 60, 1.5


def run_intake(name: str, landing: Path, data: Path) -> Measure:
    """Run scripts/intake.py on ``landing``. Raises ``MeasureError`` when it fails."""
    return measured(name, ["scripts/intake.py", str(landing)], {"PLIE_DATA_DIR": str(data)})


def change_one_supplier(landing: Path, year: int) -> None:
    """The supplier corrects its delivery: the last exit goes."""
    path = landing / "plie" / CHANGED / str(year) / "exits.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))


def main(arguments: list[str] | None = None) -> int:
    """Make a national landing, take it in three times, print what it cost; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"Target: under {TARGET_SECONDS} s and {TARGET_GIGABYTES} GB for everything, on two cores."
        " Exit code: 0 measured, whatever it cost; 1 the intake failed.",
    )
    parser.add_argument("--year", type=int, default=2021, help="year described, 2000 to 2021 (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="random seed (default: %(default)s)")
    options = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    try:
        with tempfile.TemporaryDirectory(prefix="landing-") as folder:
            landing, data = Path(folder) / "landing", Path(folder) / "data"
            started = time.perf_counter()
            paths = simulate(landing, options.seed, years=[options.year], kinds=("plie",))
            console.print(f"landing of {len(paths)} files written in {time.perf_counter() - started:.1f} s")
            measures = [run_intake("128 suppliers, all new", landing, data)]
            change_one_supplier(landing, options.year)
            measures.append(run_intake("one supplier changed", landing, data))
            measures.append(run_intake("nothing changed", landing, data))
    except MeasureError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1

    table = Table("run", "seconds", "of the first run", "processor seconds", "peak memory (GB)")
    for column in table.columns[1:]:
        column.justify = "right"
    for measure in measures:
        share = f"{measure.seconds / measures[0].seconds:.0%}"
        table.add_row(
            measure.name, f"{measure.seconds:.1f}", share, f"{measure.processor:.1f}", f"{measure.gigabytes:.2f}"
        )
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
