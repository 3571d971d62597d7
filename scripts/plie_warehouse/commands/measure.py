"""Measure time and memory of the clause models, of the disclosure control, of the intake, or by engine and size."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from plie_warehouse.commands import add
from plie_warehouse.paths import DataFolder
from plie_warehouse.simulator import DEFAULT_SEED

NAME = "measure"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(subparsers, NAME, __doc__, "Exit code: 0 measured, whatever it cost; 1 a measured command failed.")
    subjects = parser.add_subparsers(dest="subject", required=True, metavar="<subject>")
    clause = add(
        subjects, "clause", "The social clause on a simulated year: its intake, then SQL and memory of its models.",
        "Target: 10 s of SQL and 2 GB, on two cores.",
    )  # fmt: skip
    clause.add_argument("--slowest", type=int, default=8, help="models named one by one (default: %(default)s)")
    intake = add(
        subjects, "intake", "The intake of a simulated year, of everything and then of one changed supplier.",
        "Target: under 60 s and 1.5 GB for everything, on two cores.",
    )  # fmt: skip
    for one in (clause, intake):
        one.add_argument("--year", type=int, default=2021, help="year described, 2000 to 2021 (default: %(default)s)")
        one.add_argument("--seed", type=int, default=DEFAULT_SEED, help="random seed (default: %(default)s)")
    disclosure = add(
        subjects, "disclosure", "The disclosure control on a built warehouse: time and suppressed cells (D60).",
        "It reads the private warehouse.",
    )  # fmt: skip
    data = DataFolder.from_environment()
    disclosure.add_argument(
        "--warehouse", type=Path, default=data.warehouse, help="private file (default: %(default)s)"
    )
    scale = add(
        subjects, "scale", "How cost grows with the rows, on DuckDB and on other engines (docs/engines.md).",
        "Engines: duckdb, sail, sail-1 and sail-2 (with workers), postgres; each needs its environment, and DuckDB"
        " builds first. Run by make scale. Results are kept in scale.json of the folder.",
    )  # fmt: skip
    scale.add_argument("engines", nargs="*", default=["duckdb"], metavar="ENGINE", help="(default: duckdb)")
    scale.add_argument(
        "--times", type=int, nargs="+", default=[1, 5, 16], help="how often rows of persons are repeated (1 5 16)"
    )
    scale.add_argument(
        "--source", type=Path, default=data.root / "national", help="a consolidated network (default: %(default)s)"
    )
    scale.add_argument(
        "--folder", type=Path, default=data.root / "bench" / "scale", help="where it works (default: %(default)s)"
    )
    scale.add_argument(
        "--write", action="store_true", help="measure nothing; put the kept results into docs/performance.md"
    )


def run(options: argparse.Namespace) -> int:
    import_module(f"plie_warehouse.measuring.measure_{options.subject}").measure(options)
    return 0
