"""Write the yearly report from the published file: a page, a PDF, and the list of its figures."""

from __future__ import annotations

import argparse

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

NAME = "report"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "They go under $PLIE_DATA_DIR/serving/report/<year> (default: data). make report runs this in .venv-report,"
        " which"
        " has the packages. Exit code: 0 written, 2 the release does not have the year, or is not whole.",
    )  # fmt: skip
    parser.add_argument("--year", type=int, required=True, help="year of the results of the PLIE")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.report.writing import write_report

    for path in write_report(DataFolder.from_environment(), options.year, output()):
        print(path)
    return 0
