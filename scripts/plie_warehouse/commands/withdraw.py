"""Withdraw an accepted delivery: the one before is in force again, or none."""

from __future__ import annotations

import argparse
import datetime
import os

from plie_warehouse.arguments import iso_moment
from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.contract import KINDS
from plie_warehouse.paths import DataFolder

NAME = "withdraw"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "The manifest of the store keeps when it was withdrawn; the same rows are then refused when they are sent again"
        " (STR-24). Run plie build --deliveries store afterwards. Exit code: 0 it is withdrawn, 2 it could not be.",
    )  # fmt: skip
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("supplier", help="code of the supplier; for network, survey and activity the kind itself")
    parser.add_argument("year", type=int)
    parser.add_argument("--delivery", default="", help="beginning of its id (default: the one accepted last)")
    parser.add_argument("--at", type=iso_moment, help="when it is withdrawn, ISO (default: now)")
    parser.add_argument("--undo", action="store_true", help="take the withdrawal back")


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.intake.withdrawal import withdraw

    os.umask(0o077)
    at = options.at or datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    supplier = options.supplier.upper() if options.supplier not in KINDS else options.supplier
    done = withdraw(
        DataFolder.from_environment(), options.kind, supplier, options.year, at, options.delivery, options.undo
    )
    said = "retrait annulé" if options.undo else "retirée"
    before = "" if done.is_new else " (déjà fait : rien ne change)"
    console = output()
    console.print(f"{options.kind} {supplier} {options.year}, livraison {done.delivery_id[:12]} : {said}{before}")
    console.print(f"En vigueur : {done.in_force[:12] or 'aucune livraison'}")
    return 0
