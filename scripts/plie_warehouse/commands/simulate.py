"""Write a landing folder of a simulated national network, whose figures are those that the network printed."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from plie_warehouse.arguments import multiple
from plie_warehouse.commands import add
from plie_warehouse.contract import KINDS
from plie_warehouse.errors import UsageError
from plie_warehouse.simulator import CLAUSE_YEAR, DEFAULT_SEED, FIRST_YEAR, PLIE_YEAR

NAME = "simulate"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        f"By default the PLIE, the survey and the members of the consolidation of {PLIE_YEAR}, and the clause of"
        f" {CLAUSE_YEAR}, as printed: 128 PLIE with 131,420 parcours, 366 structures with 480,000 rows of hours, the"
        " registers, the survey. The same arguments give byte-identical files, and a year is the same whichever others"
        " are written with it. Exit code: 0 written, 2 it could not run.",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, required=True, help="landing folder; made when it is not there")
    parser.add_argument(
        "--year", type=int, nargs="*", default=[PLIE_YEAR], help="years of PLIE and survey (default: %(default)s)"
    )
    parser.add_argument(
        "--panel-years",
        type=int,
        nargs="*",
        default=[],
        metavar="YEAR",
        help="further years of PLIE and survey: by the few PLIE of a panel, with the shares of the whole network; the"
        " survey by all who answer it",
    )
    parser.add_argument(
        "--clause-year", type=int, nargs="*", default=[CLAUSE_YEAR], help="years of the clause (default: %(default)s)"
    )
    parser.add_argument(
        "--history", type=int, metavar="N", help="N years of both, up to the last one that each can describe"
    )
    parser.add_argument("--kind", choices=KINDS, nargs="+", default=KINDS, help="what is written (default: everything)")
    parser.add_argument(
        "--scale",
        type=multiple,
        default=1.0,
        help="multiple of the national volume, for the same suppliers (default: 1)",
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="random seed (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.simulator.plie_targets import PlieTargets
    from plie_warehouse.simulator.simulated_landing import simulate
    from plie_warehouse.simulator.targets import load_targets

    last, last_clause = PlieTargets().last_year, max(load_targets("clause")["years"])
    years, clause_years = sorted(set(options.year)), sorted(set(options.clause_year))
    if options.history is not None:
        if options.history < 1:
            raise UsageError("a history has a year at least")
        years = list(range(last - options.history + 1, last + 1))
        clause_years = list(range(last_clause - options.history + 1, last_clause + 1))
    panel_years = sorted(set(options.panel_years))
    if both := sorted({*years} & {*panel_years}):
        raise UsageError(f"all PLIE deliver a year or those of the panel: {', '.join(map(str, both))}")
    if max([*years, *panel_years], default=0) > last or max(clause_years, default=0) > last_clause:
        raise UsageError(f"nothing is known after {last} for the PLIE, {last_clause} for the clause")
    if min([*years, *panel_years, *clause_years], default=last) < FIRST_YEAR:
        raise UsageError(f"nothing is simulated before {FIRST_YEAR}")

    started = time.perf_counter()
    paths = simulate(options.output, options.seed, years, clause_years, options.kind, options.scale, panel_years)
    size, deliveries = sum(path.stat().st_size for path in paths), len({path.parent for path in paths})
    seconds = time.perf_counter() - started
    print(f"{options.output}: {deliveries} deliveries, {len(paths)} files, {size / 1e6:.1f} MB in {seconds:.1f} s")
    return 0
