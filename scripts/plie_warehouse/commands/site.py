"""Put reports, sheets, documentation and downloads under one static index with a search."""

from __future__ import annotations

import argparse

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

NAME = "site"


def register(subparsers: argparse._SubParsersAction) -> None:
    add(
        subparsers, NAME, __doc__,
        "The site is $PLIE_DATA_DIR/site (default: data/site): plain files that open without a server or a network."
        " It holds"
        " the reports and public sheets that are written, and dbt's documentation when plie docs has made it. Exit"
        " code: 0"
        " written, 2 there is no release.",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.report.writing import write_site

    print(write_site(DataFolder.from_environment(), output()))
    return 0
