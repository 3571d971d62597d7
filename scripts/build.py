#!/usr/bin/env python3
"""Build the warehouse (embedded sample or accepted deliveries), validate it, and put it where readers find it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console

from plie_warehouse.arguments import iso_date
from plie_warehouse.build import SAMPLE, STORE, BuildError, build
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
    options = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    try:
        build(DataFolder.from_environment(), console, options.as_of_date, options.deliveries)
    except (BuildError, PublicationError) as error:
        errors.print(f"error: {error}")
        return 1
    except (OSError, WarehouseError) as error:
        errors.print(f"error: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
