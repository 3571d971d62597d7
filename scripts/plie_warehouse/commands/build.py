"""Build the warehouse (embedded sample or accepted deliveries), validate and release it."""

from __future__ import annotations

import argparse

from plie_warehouse.arguments import add_published_levels, iso_date
from plie_warehouse.build_inputs import Options
from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import SAMPLE, STORE, DataFolder

NAME = "build"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Outputs go under $PLIE_DATA_DIR (default: data). Exit code: 0 built, 1 a rule broke, 2 it could not run.",
    )  # fmt: skip
    parser.add_argument("--as-of-date", type=iso_date, help="extraction date, YYYY-MM-DD (default: the project's)")
    parser.add_argument(
        "--deliveries",
        choices=(SAMPLE, STORE),
        default=SAMPLE,
        help="the embedded sample, or the store of accepted deliveries (default: %(default)s)",
    )
    parser.add_argument("--without-unit-tests", action="store_true", help="leave out dbt's unit tests")
    add_published_levels(parser)
    parser.add_argument("--parse-only", action="store_true", help="only parse the project, for the build that follows")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.warehouse_build import build, parse

    data = DataFolder.from_environment()
    asked = Options(options.as_of_date, options.deliveries, options.published_levels, options.without_unit_tests)
    if options.parse_only:
        parse(data, asked)
    else:
        build(data, output(), asked)
    return 0
