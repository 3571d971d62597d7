"""Attack the published files: try to recover the suppressed counts from these files alone."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from plie_warehouse.attack.protection_level import YEARS_AGREE, ProtectionLevel
from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

NAME = "attack"
HELP = {
    "threshold": "a count below it is suppressed",
    "small_base": "a rate on a base below it is not shown",
    "width": "a small count keeps at least this number of values, and one more",
    "full": "share of the small counts that keep every value below the threshold",
    "hours_width": "width of the suppressed hours of few persons, in hours",
    "hours_exact": "hours known to within so many hours are recovered",
}


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Exit code: 0 nothing is recovered, 1 a count is recovered or its interval is too narrow, 2 it could not run.",
    )  # fmt: skip
    data = DataFolder.from_environment()
    parser.add_argument(
        "published",
        type=Path,
        nargs="?",
        default=data.serving.parent,
        help="serving folder, or one DuckDB file (default: $PLIE_DATA_DIR/serving, data/serving when unset)",
    )
    for field in dataclasses.fields(ProtectionLevel):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=type(field.default),
            default=field.default,
            help=f"{HELP[field.name]} (default: %(default)s)",
        )
    parser.add_argument(
        "--years",
        type=float,
        default=YEARS_AGREE,
        help="share of the territories that must agree from year to year; above 1: never (default: %(default)s)",
    )
    parser.add_argument(
        "--kept",
        type=Path,
        action="append",
        default=[],
        help="folder of an earlier release that a reader may have kept, such as one in quarantine/ (repeatable)",
    )
    parser.add_argument(
        "--as-suppliers",
        type=Path,
        metavar="WAREHOUSE",
        help="attack as each supplier in turn, which knows its own figures of this private warehouse; only measures",
    )
    parser.add_argument(
        "--private",
        type=Path,
        metavar="WAREHOUSE",
        help="private warehouse, which says in which territories two years agree and nothing else; without it they are"
        " believed to agree where they seem to (default: that of the data folder, when its release is attacked)",
    )
    parser.set_defaults(data=data)
    parser.add_argument("--json", type=Path, help="write every suppressed figure and its interval to this file")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.attack.attack import attack
    from plie_warehouse.attack.attack_report import show, write_json

    if options.as_suppliers:
        return _as_suppliers(options)
    level = ProtectionLevel(**{name: getattr(options, name) for name in HELP})
    private = options.private
    if private is None and options.published == options.data.serving.parent and options.data.warehouse.is_file():
        private = options.data.warehouse
    outcome = attack(options.published, level, options.years, options.kept, private)
    if options.json:
        write_json(outcome, options.json)
    show(outcome, output(markup=False))
    return 1 if outcome.succeeded else 0


def _as_suppliers(options: argparse.Namespace) -> int:
    from plie_warehouse.attack.suppliers import attack_as_suppliers, show

    console = output(markup=False)
    level = ProtectionLevel(**{name: getattr(options, name) for name in HELP})
    with console.status("") as status:
        outcome = attack_as_suppliers(options.published, options.as_suppliers, level, status.update)
    show(outcome, console)
    return 0
