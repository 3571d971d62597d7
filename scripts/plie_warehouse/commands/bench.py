"""Measure the whole chain beside the least that it could cost: time, processor, memory, by size of the network."""

from __future__ import annotations

import argparse
from pathlib import Path

from plie_warehouse.commands import add
from plie_warehouse.paths import DataFolder

NAME = "bench"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Sizes: sample, national (one year), 5-years, 22-years. Results are kept in bench.json of the folder, each as"
        " it comes; a size that is measured again replaces its own. Other work on the machine makes times longer,"
        " ratios less so. Exit code: 0 measured, whatever it cost; 1 a measured command failed; 2 it could not run.",
    )  # fmt: skip
    parser.add_argument(
        "sizes", nargs="*", default=["sample", "national"], metavar="SIZE", help="(default: sample national)"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=DataFolder.from_environment().root / "bench",
        help="where it works and keeps its results (default: %(default)s)",
    )
    parser.add_argument(
        "--write", action="store_true", help="measure nothing; put the kept results into docs/performance.md"
    )


def run(options: argparse.Namespace) -> int:
    from rich.table import Table

    from plie_warehouse.console import output
    from plie_warehouse.errors import UsageError
    from plie_warehouse.measuring import bench

    kept = options.folder.resolve() / bench.RESULTS
    if options.write:
        bench.write(bench.load(kept))
        return 0
    if unknown := [name for name in options.sizes if name not in bench.SIZES]:
        raise UsageError(f"no size is named {', '.join(unknown)}: there are {', '.join(bench.SIZES)}")
    console = output()
    for name in options.sizes:
        size, described, measures = bench.SIZES[name], bench.machine(), []
        before = bench.load(kept).get(name)
        console.print(f"{name} : {described}")
        for measure in bench.run(size, options.folder.resolve()):
            measures.append(measure)
            # Each as it comes: one that fails after an hour must not lose the others.
            found = bench.as_results(size, described, measures, before)
            bench.save(kept, name, found)
            console.print(
                f"  {measure.name}: {measure.seconds:.1f} s, {measure.processor:.1f} s of processor,"
                f" {measure.gigabytes:.2f} GB",
                highlight=False,
            )
        table = Table("processor time", "ratio")
        for label, value in bench.ratios(found["measures"]).items():
            table.add_row(label, f"{value:.1f}")
        console.print(table)
    return 0
