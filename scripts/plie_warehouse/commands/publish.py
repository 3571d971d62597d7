"""Release the warehouse that is there, if a build left it whose dbt tests and suites all passed."""

from __future__ import annotations

import argparse

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

NAME = "publish"


def register(subparsers: argparse._SubParsersAction) -> None:
    add(
        subparsers, NAME, __doc__,
        "A build releases what it made: this command repeats a release that failed or was damaged since."
        " The file is $PLIE_DATA_DIR/serving/plie_marts.duckdb (default: data)."
        " Exit code: 0 it is in place, 1 it may not or could not be released; the message says what is in place.",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.release import WAITING, publish, show

    console, data = output(), DataFolder.from_environment()
    show(publish(data, lambda: console.print(WAITING)), data, console)
    return 0
