"""Validate a built warehouse: recompute the rules from the deliveries, compare every figure of its marts."""

from __future__ import annotations

import argparse
from pathlib import Path

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

NAME = "validate"


def register(subparsers: argparse._SubParsersAction) -> None:
    data = DataFolder.from_environment()
    parser = add(
        subparsers, NAME, __doc__,
        "Exit code: 0 every rule holds, 1 a figure differs (it is printed), 2 it could not run.",
    )  # fmt: skip
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


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.validation import WarehouseError, failure_lines, validate

    console = output(soft_wrap=True, markup=False)
    try:
        with console.status("validating"):
            result = validate(options.warehouse, options.output, progress=console.print)
    except ValueError as error:  # reference lists that contradict themselves
        raise WarehouseError(str(error)) from error
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
