"""Take in a landing folder, then build, validate and release the warehouse from all accepted deliveries."""

from __future__ import annotations

import argparse
import os

from plie_warehouse.arguments import add_published_levels, iso_date
from plie_warehouse.build_inputs import Options
from plie_warehouse.commands import add, intake
from plie_warehouse.console import output, print_error
from plie_warehouse.paths import STORE, DataFolder

NAME = "consolidate"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Outputs go under $PLIE_DATA_DIR (default: data). A refused supplier is listed at the end and keeps its last"
        " accepted delivery. Exit code: 0 built, 1 nothing could be accepted or a rule broke, 2 it could not run.",
    )  # fmt: skip
    intake.add_arguments(parser)
    parser.add_argument("--as-of-date", type=iso_date, help="extraction date, YYYY-MM-DD (default: the project's)")
    parser.add_argument("--without-unit-tests", action="store_true", help="leave out dbt's unit tests")
    add_published_levels(parser)


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.intake.show import show_refused
    from plie_warehouse.warehouse_build import build

    os.umask(0o077)
    console, data = output(), DataFolder.from_environment()
    taken = intake.take_in_and_show(options, data, console)
    if not taken.is_in_force:
        print_error("no delivery of the landing could be accepted; nothing was built")
        return 1
    build(data, console, Options(options.as_of_date, STORE, options.published_levels, options.without_unit_tests))
    show_refused(taken, console)
    return 0
