#!/usr/bin/env python3
"""Publish the warehouse that is there, if it is as a build left it whose dbt tests and suites all passed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console

from plie_warehouse.paths import DataFolder
from plie_warehouse.publication import WAITING, PublicationError, publish, show


def main(arguments: list[str] | None = None) -> int:
    """Publish; returns the exit code."""
    argparse.ArgumentParser(
        description=__doc__,
        epilog="A build publishes what it made: this is for what could not be published then, or was spoilt since."
        " The file is $PLIE_DATA_DIR/serving/plie_marts.duckdb (default: data)."
        " Exit code: 0 it is in place, 1 it may not or could not be published; it says what is in place.",
    ).parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    data = DataFolder.from_environment()
    try:
        published = publish(data, lambda: console.print(WAITING))
    except PublicationError as error:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(f"error: {error}")
        return 1
    show(published, data, console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
