"""Take in a landing folder of supplier deliveries: check them, keep what is accepted, write a report for each."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from plie_warehouse.arguments import iso_moment
from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

if TYPE_CHECKING:
    from rich.console import Console

    from plie_warehouse.intake import Intake

NAME = "intake"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "A landing folder holds plie/<code>/<year>/, clause/<code>/<year>/, network/<year>/, survey/<year>/ and"
        " activity/<year>/,"
        " with CSV files, a workbook or a ZIP in each. Store and reports go under $PLIE_DATA_DIR (default: data)."
        " Exit code: 0 at least one delivery is in force, 1 nothing could be accepted, 2 it could not run.",
    )  # fmt: skip
    add_arguments(parser)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the landing folder and the moment of receipt."""
    parser.add_argument("landing", type=Path, help="folder of the deliveries (see plie intake --help)")
    parser.add_argument(
        "--received-at", type=iso_moment, help="when they came, ISO (default: moment of the newest file of each)"
    )


def take_in_and_show(options: argparse.Namespace, data: DataFolder, console: Console) -> Intake:
    """Take the landing in and print its result."""
    from rich.markup import escape

    from plie_warehouse.intake import take_in
    from plie_warehouse.intake.show import show_intake

    with console.status("prise en charge") as status:
        taken = take_in(options.landing, data, options.received_at, lambda step: status.update(escape(step)))
    show_intake(taken, data, console)
    return taken


def run(options: argparse.Namespace) -> int:
    os.umask(0o077)
    taken = take_in_and_show(options, DataFolder.from_environment(), output())
    return 0 if taken.is_in_force else 1
