"""Write the sheet of each PLIE, clause structure and region: the public ones, or a supplier's own."""

from __future__ import annotations

import argparse
import os

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

NAME = "sheets"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Public sheets go under $PLIE_DATA_DIR/serving/sheets/<year>. Own sheets, with the supplier's own figures"
        " unsuppressed, go under $PLIE_DATA_DIR/own-sheets/<code>/<year>, for their owner only. Exit code: 0"
        " written, 2 the"
        " release does not have the year or the code.",
    )  # fmt: skip
    parser.add_argument("--year", type=int, required=True, help="year of the results")
    parser.add_argument(
        "--code",
        action="append",
        default=[],
        help="only this PLIE, structure, region or intermediate body; may be repeated",
    )
    parser.add_argument("--own", action="store_true", help="the suppliers' own sheets, from the private warehouse")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.report.writing import write_sheets

    written = write_sheets(DataFolder.from_environment(), options.year, options.code, options.own, output())
    print(f"{len(written)} sheets under {os.path.commonpath([path.parent for path in written])}")
    return 0
