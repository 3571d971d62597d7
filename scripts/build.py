#!/usr/bin/env python3
"""Build the warehouse (embedded sample or accepted deliveries), validate it, and put it where readers find it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console

from plie_warehouse.arguments import iso_date
from plie_warehouse.build import SAMPLE, STORE, BuildError, build, parse
from plie_warehouse.paths import DataFolder
from plie_warehouse.publication import PublicationError
from plie_warehouse.validation import WarehouseError


def main(arguments: list[str] | None = None) -> int:
    """Run the build; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Outputs go under $PLIE_DATA_DIR (default: data)."
        " Exit code: 0 built, 1 a rule broke, 2 it could not run.",
    )
    parser.add_argument("--as-of-date", type=iso_date, help="extraction date, YYYY-MM-DD (default: the project's)")
    parser.add_argument(
        "--deliveries",
        choices=(SAMPLE, STORE),
        default=SAMPLE,
        help="the embedded sample, or the store of accepted deliveries (default: %(default)s)",
    )
    parser.add_argument(
        "--without-unit-tests",
        action="store_true",
        help="leave out the tests that bring their own rows, which the same code passed elsewhere",
    )
    parser.add_argument(
        "--parse-only", action="store_true", help="let dbt read the project, so that the same build starts at once"
    )
    options = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    try:
        data, unit_tests = DataFolder.from_environment(), not options.without_unit_tests
        if options.parse_only:
            parse(data, options.as_of_date, options.deliveries)
        else:
            build(data, console, options.as_of_date, options.deliveries, unit_tests)
    except (BuildError, PublicationError) as error:
        errors.print(f"error: {error}")
        return 1
    except (OSError, WarehouseError) as error:
        errors.print(f"error: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
