#!/usr/bin/env python3
"""Attack what is published: try to recover the hidden counts from the published files alone."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rich.console import Console

from plie_warehouse.attack import YEARS_AGREE, AttackError, Promise, attack
from plie_warehouse.attack.report import show, write_json
from plie_warehouse.paths import DataFolder


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Command line: what is attacked, what was promised, where the report goes."""
    promise = Promise()
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Exit code: 0 nothing is recovered, 1 something is, or is narrower than promised, 2 it could not run.",
    )
    parser.add_argument(
        "published",
        type=Path,
        nargs="?",
        default=DataFolder.from_environment().serving.parent,
        help="serving folder, or one DuckDB file (default: $PLIE_DATA_DIR/serving, data/serving when unset)",
    )
    for name, kind, value, text in (
        ("threshold", int, promise.threshold, "a count below it is hidden"),
        ("small-base", int, promise.small_base, "a rate on a base below it is not shown"),
        ("width", int, promise.width, "a small count keeps at least this number of values, and one more"),
        ("full", float, promise.full, "share of the small counts that keep every value below the threshold"),
        ("hours-width", float, promise.hours_width, "width of the hidden hours of few persons, in hours"),
        ("hours-exact", float, promise.hours_exact, "hours known to within so many hours are recovered"),
        ("years", float, YEARS_AGREE, "share of the territories that must agree from year to year; above 1: never"),
    ):
        parser.add_argument(f"--{name}", type=kind, default=value, help=f"{text} (default: %(default)s)")
    parser.add_argument(
        "--json", type=Path, help="write every hidden figure and its interval to this file, for its owner"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the attack; returns the exit code."""
    options = parse(arguments)
    promise = Promise(
        options.threshold, options.small_base, options.width, options.full, options.hours_width, options.hours_exact
    )
    try:
        outcome = attack(options.published, promise, options.years)
        if options.json:
            write_json(outcome, options.json)
    except (AttackError, OSError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(f"error: {error}")
        return 2
    show(outcome, Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 120))
    return 1 if outcome.succeeded else 0


if __name__ == "__main__":
    sys.exit(main())
