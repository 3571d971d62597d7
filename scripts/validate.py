#!/usr/bin/env python3
"""Validate a built warehouse: recompute the rules from its staged rows, compare every figure of its marts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console

from plie_warehouse.paths import DataFolder
from plie_warehouse.validation import WarehouseError, failure_lines, validate


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Command line: ``--warehouse`` and ``--output``, both under ``$PLIE_DATA_DIR`` (default ``data``)."""
    data = DataFolder.from_environment()
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Exit code: 0 every rule holds, 1 something differs (it is printed), 2 it could not run.",
    )
    parser.add_argument(
        "--warehouse",
        type=Path,
        default=data.warehouse,
        help="DuckDB file to validate (default: $PLIE_DATA_DIR/warehouse.duckdb, data/ when unset)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=data.validation,
        help="folder for the Data Docs and validation.json (default: $PLIE_DATA_DIR/validation)",
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the validation; returns the exit code."""
    options = parse(arguments)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    try:
        with console.status("validating"):
            result = validate(options.warehouse, options.output, tell=console.print)
    except (WarehouseError, ValueError, OSError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(f"error: {error}")
        return 2
    expectations = [one for suite in result.suites for one in suite.expectations]
    failed = sum(not one.success for one in expectations)
    console.print(
        f"{len(result.suites)} suites, {len(expectations)} expectations, {failed} failed; "
        f"{result.values_compared} values compared in {sum(result.seconds.values()):.1f} s"
    )
    console.print(f"Data Docs: {result.docs}")
    if result.success:
        console.print("every rule holds")
        return 0
    for line in failure_lines(result.failures):
        console.print(line)
    return 1


if __name__ == "__main__":
    sys.exit(main())
