"""Check that the store holds what was accepted: digest and rows of each file of the deliveries in force."""

from __future__ import annotations

import argparse

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import DataFolder

NAME = "verify"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Nothing is changed, unless --record is given. Use it after a copy was brought back. Exit code: 0 the store is"
        " whole, 1 it is not, 2 there is no store.",
    )  # fmt: skip
    parser.add_argument(
        "--record", action="store_true",
        help="first record digest and rows of deliveries that an earlier version accepted, which kept neither",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    from plie_warehouse.intake.store import Store, StoreError
    from plie_warehouse.intake.store_check import REMEDY, demand_store, store_faults
    from plie_warehouse.intake.store_repair import record_digests

    data, console = DataFolder.from_environment(), output()
    demand_store(data)
    if options.record:
        store = Store(data.accepted)
        with store.locked(lambda: console.print("une prise en charge est en cours : attente")):
            recorded, wrong = record_digests(store)
        console.print(f"{len(recorded)} livraisons d'une version antérieure : empreintes enregistrées")
        for one in wrong:
            console.print(one, markup=False)
    in_force = [one for one in Store(data.accepted).manifests() if one.in_force]
    faults = store_faults(data)
    if not in_force and not faults:
        raise StoreError(f"{data.accepted} holds no delivery; take one in (plie intake), or mount the store")
    for fault in faults:
        console.print(str(fault), markup=False)
    if faults:
        console.print(f"{len(faults)} faults; for each of them, {REMEDY}", markup=False)
        return 1
    files = sum(len(one.current["files"]) for one in in_force)
    console.print(f"{len(in_force)} livraisons en vigueur, {files} fichiers entiers")
    return 0
