"""Whether the store holds what its manifests say: every build of a store asks before it starts, and ``plie verify``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from plie_warehouse.history import last_of
from plie_warehouse.intake.delivery_report import read_verdict
from plie_warehouse.intake.plain import no_pattern
from plie_warehouse.intake.store import Manifest, Store, StoreError, rows_of
from plie_warehouse.paths import STORE, DataFolder

# Kind, supplier and year.
Name = tuple[str, str, int]

REMEDY = "send the same delivery again (plie intake), or bring the store back from a copy (plie verify checks it)"


@dataclass(frozen=True)
class Fault:
    """What is wrong with the delivery in force of a kind, supplier and year. ``table``: '' for all of it."""

    name: Name
    table: str
    problem: str

    def __str__(self) -> str:
        kind, supplier, year = self.name
        return f"{kind} {supplier} {year}{self.table and f', {self.table}'}: {self.problem}"


def demand_store(data: DataFolder) -> None:
    """Raise ``StoreError`` when no delivery is there although some were: a store that is not mounted is not empty."""
    store = Store(data.accepted)
    if not store.manifest_paths() and (known := deliveries_known(data)):
        raise StoreError(
            f"{store.root} holds no delivery, though {len(known)} were accepted into it; mount it or bring it back from"
            f" a copy (to begin a new store, move {data.verdicts} and {data.history} away)"
        )


def store_faults(data: DataFolder) -> list[Fault]:
    """What is wrong with the deliveries in force, in the order of their names. Reads every file of theirs."""
    store = Store(data.accepted)
    found = [Fault(name, "", "its manifest is missing") for name in deliveries_known(data) if not _has(store, name)]
    whole: list[tuple[Manifest, str, Path]] = []
    for path in store.manifest_paths():
        try:
            manifest = Manifest.read(path)
        except ValueError:
            found.append(Fault((path.parts[-3], path.parts[-2], int(path.stem)), "", "its manifest cannot be read"))
            continue
        faults = store.faults(manifest)
        found += [Fault(manifest.name, table, problem) for table, problem in faults.items()]
        for table in (manifest.current or {}).get("files", {}).keys() - faults.keys():
            path = store.data_path(table, manifest.supplier_code, manifest.reporting_year, manifest.in_force)
            whole.append((manifest, table, path))
    for (manifest, table, _), rows in zip(whole, rows_of([path for *_, path in whole]), strict=True):
        said = manifest.current["files"][table]["rows"]
        if rows != said:
            found.append(Fault(manifest.name, table, f"its file holds {rows} rows, its manifest says {said}"))
    return sorted(found, key=lambda fault: (fault.name, fault.table))


def demand_whole_store(data: DataFolder) -> None:
    """Raise ``StoreError``, which names suppliers, years and tables, when the store does not hold what it should."""
    demand_store(data)
    if faults := store_faults(data):
        listed = "".join(f"\n  {fault}" for fault in faults)
        raise StoreError(f"the store is not whole; for each of these, {REMEDY}{listed}")


def rows_in_force(store: Store) -> dict[tuple[str, str], int]:
    """Kind and table -> number of rows of the deliveries in force, as their manifests say."""
    rows: dict[tuple[str, str], int] = {}
    for manifest in store.manifests():
        for table, file in (manifest.current or {}).get("files", {}).items():
            rows[manifest.kind, table] = rows.get((manifest.kind, table), 0) + file["rows"]
    return rows


def deliveries_known(data: DataFolder) -> list[Name]:
    """Deliveries that the last build had or that a report says are accepted, whatever the store holds."""
    names: set[Name] = set()
    last = last_of(data, STORE) / "deliveries.parquet"
    if last.exists():
        with duckdb.connect() as connection:
            query = "select kind, supplier_code, reporting_year from read_parquet(?)"
            names.update(connection.execute(query, [no_pattern(last)]).fetchall())
    for path in data.verdicts.glob("*/*/*/verdict.json"):
        report = read_verdict(path.parent)
        if report and report["status"] != "refused":
            names.add((report["kind"], report["supplier_code"], report["reporting_year"]))
    return sorted(names)


def _has(store: Store, name: Name) -> bool:
    return store.manifest_path(*name).exists()
