#!/usr/bin/env python3
"""Take in a landing folder, then build, validate and publish the warehouse from all accepted deliveries."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console

from plie_warehouse.arguments import iso_date, iso_moment
from plie_warehouse.build import STORE, BuildError, build
from plie_warehouse.intake import LandingError, StoreError, take_in
from plie_warehouse.intake.show import show_intake, show_refused
from plie_warehouse.paths import DataFolder
from plie_warehouse.publication import PublicationError
from plie_warehouse.validation import WarehouseError


def main(arguments: list[str] | None = None) -> int:
    """Run the intake and the build; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Outputs go under $PLIE_DATA_DIR (default: data). A supplier that is refused is listed at the end and"
        " keeps its last accepted delivery."
        " Exit code: 0 built, 1 nothing could be accepted or a rule broke, 2 it could not run.",
    )
    parser.add_argument("landing", type=Path, help="folder of the deliveries (see intake.py --help)")
    parser.add_argument(
        "--received-at", type=iso_moment, help="when they came, ISO (default: moment of the newest file of each)"
    )
    parser.add_argument("--as-of-date", type=iso_date, help="extraction date, YYYY-MM-DD (default: the project's)")
    parser.add_argument(
        "--without-unit-tests",
        action="store_true",
        help="leave out the tests that bring their own rows, which the same code passed elsewhere",
    )
    options = parser.parse_args(arguments)
    os.umask(0o077)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    data = DataFolder.from_environment()
    try:
        with console.status("prise en charge") as status:
            intake = take_in(options.landing, data, options.received_at, status.update)
        show_intake(intake, data, console)
        if not intake.is_in_force:
            errors.print("error: no delivery of the landing could be accepted; nothing was built")
            return 1
        build(data, console, options.as_of_date, STORE, unit_tests=not options.without_unit_tests)
    except (BuildError, PublicationError) as error:
        errors.print(f"error: {error}")
        return 1
    except (LandingError, StoreError, OSError, WarehouseError) as error:
        errors.print(f"error: {error}")
        return 2
    show_refused(intake, console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
