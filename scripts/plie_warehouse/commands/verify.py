"""Check that the store holds what was accepted: digest and rows of each file of the deliveries in force."""

from __future__ import annotations

import argparse

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

NAME = "verify"


def register(subparsers: argparse._SubParsersAction) -> None:
    add(
        subparsers, NAME, __doc__,
        "Nothing is changed. Use it after a copy was brought back. Exit code: 0 the store is whole, 1 it is not,"
        " 2 there is no store.",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.intake.store import Store, StoreError
    from plie_warehouse.intake.store_check import REMEDY, demand_store, store_faults

    data = DataFolder.from_environment()
    demand_store(data)
    in_force = [one for one in Store(data.accepted).manifests() if one.in_force]
    faults = store_faults(data)
    if not in_force and not faults:
        raise StoreError(f"{data.accepted} holds no delivery; take one in (plie intake), or mount the store")
    console = output()
    for fault in faults:
        console.print(str(fault), markup=False)
    if faults:
        console.print(f"{len(faults)} faults; for each of them, {REMEDY}", markup=False)
        return 1
    files = sum(len(one.current["files"]) for one in in_force)
    console.print(f"{len(in_force)} livraisons en vigueur, {files} fichiers entiers")
    return 0
