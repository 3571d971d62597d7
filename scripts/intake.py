#!/usr/bin/env python3
"""Take in a landing folder of supplier deliveries: check them, keep what is accepted, write a verdict for each."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console

from plie_warehouse.arguments import iso_moment
from plie_warehouse.intake import LandingError, StoreError, take_in
from plie_warehouse.intake.show import show_intake
from plie_warehouse.paths import DataFolder


def main(arguments: list[str] | None = None) -> int:
    """Run the intake; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="A landing folder holds plie/<code>/<year>/, clause/<code>/<year>/, network/<year>/ and survey/<year>/,"
        " with CSV files, a workbook or a ZIP in each. Store and verdicts go under $PLIE_DATA_DIR (default: data)."
        " Exit code: 0 at least one delivery is in force, 1 nothing could be accepted, 2 it could not run.",
    )
    parser.add_argument("landing", type=Path, help="folder of the deliveries")
    parser.add_argument(
        "--received-at", type=iso_moment, help="when they came, ISO (default: moment of the newest file of each)"
    )
    options = parser.parse_args(arguments)
    os.umask(0o077)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    data = DataFolder.from_environment()
    try:
        with console.status("prise en charge") as status:
            intake = take_in(options.landing, data, options.received_at, status.update)
    except (LandingError, StoreError) as error:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(f"error: {error}")
        return 2
    show_intake(intake, data, console)
    return 0 if intake.is_in_force else 1


if __name__ == "__main__":
    sys.exit(main())
