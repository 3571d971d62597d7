"""Write a landing folder of synthetic deliveries: the embedded sample in every accepted format."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from plie_warehouse.commands import add
from plie_warehouse.commands.simulate import print_landing

NAME = "landing"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Twelve PLIE, eight clause structures and the network head; four deliveries are bad in different ways."
        " For a year of the whole network see plie simulate. The same years give the same bytes."
        " Exit code: 0 written, 2 it could not run.",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, required=True, help="landing folder; made when it is not there")
    parser.add_argument(
        "--year", type=int, nargs="+", choices=(2020, 2021), default=[2021], help="years described (default: 2021)"
    )


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.landing.sample import write_sample

    started = time.perf_counter()
    print_landing(options.output, write_sample(options.output, options.year), started)
    return 0
