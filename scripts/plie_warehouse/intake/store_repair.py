"""Mend small files of the store that were cut or lost, from what is left: nobody has to delete anything by hand.

Runs under the lock of the store, before each intake, withdrawal and build. What cannot be mended stays as it is:
``store_check`` names the supplier.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from plie_warehouse.contract import load_kind
from plie_warehouse.files import digest_of, write_json
from plie_warehouse.intake.checks import BLOCKING
from plie_warehouse.intake.delivery_report import read_verdict
from plie_warehouse.intake.results import update_check_results
from plie_warehouse.intake.store import Manifest, Store, StoreError, rows_of
from plie_warehouse.paths import DataFolder


def repair(store: Store, data: DataFolder) -> None:
    """Mend manifests, refusals and check results, and lay each file where it belongs. Raises ``StoreError``."""
    try:
        for path in store.manifest_paths():
            try:
                manifest = Manifest.read(path)
            except ValueError:
                if manifest := _rebuilt(store, data, path):
                    write_json(path, asdict(manifest))
            if manifest:
                store.set_aside(manifest)
        for path in sorted((store.root / "refused").glob("*/*/*.json")):
            _repair_refusal(store, data, path)
        _repair_check_results(store, data)
    except OSError as error:
        raise StoreError(f"the store cannot be mended: {error}") from error


def _rebuilt(store: Store, data: DataFolder, path: Path) -> Manifest | None:
    """The manifest of the only delivery whose files lie among those in force; None when there is not exactly one, or
    not all of it."""
    kind, supplier, year = path.parts[-3], path.parts[-2], int(path.stem)
    found = {}
    for table in load_kind(kind).tables:
        for file in store.data_path(table.name, supplier, year, "").parent.glob("*.parquet"):
            found[table.name, file.stem] = file
    delivery_ids = {delivery_id for _, delivery_id in found}
    needed = {table.name for table in load_kind(kind).tables if not table.may_be_absent}
    is_short = load_kind(kind).complete and not needed <= {table for table, _ in found}
    if len(delivery_ids) != 1 or is_short:
        return None
    [delivery_id] = delivery_ids
    try:
        files = _recorded({table: file for (table, _), file in found.items()})
    except duckdb.Error:
        return None
    report = _report(data, kind, supplier, year)
    if report.get("delivery_id") != delivery_id:
        newest = max(file.stat().st_mtime for file in found.values())
        report = {"received_at": datetime.fromtimestamp(newest, UTC).isoformat(timespec="seconds"), "raw_digest": ""}
    version = {
        "delivery_id": delivery_id,
        "received_at": report["received_at"],
        "raw_digest": report["raw_digest"],
        "profile": {},
        "files": files,
        # What was accepted before it is not known any more.
        "is_rebuilt": True,
    }
    return Manifest(kind, supplier, year, delivery_id, [version])


def _recorded(files: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """Table -> what a manifest says of its file. Raises ``OSError``, or ``duckdb.Error`` when one cannot be read."""
    rows = rows_of(list(files.values()))
    return {
        table: {"sha256": digest_of(file), "rows": number}
        for (table, file), number in zip(files.items(), rows, strict=True)
    }


def record_digests(store: Store) -> tuple[list[Manifest], list[str]]:
    """Record digest and rows of the files in force that a version of the project before 2026-11-29 accepted, which kept
    neither. Returns the manifests that have them now, and what is wrong with the others: a table whose number of rows
    is not that of the profile of its delivery. Call under ``Store.locked``. Raises ``OSError``."""
    recorded, wrong = [], []
    for manifest in store.manifests():
        current = manifest.current
        if current is None or "files" in current:
            continue
        name = " ".join(map(str, manifest.name))
        tables = {table.name: store.data_path(table.name, *manifest.name[1:], manifest.in_force)
                  for table in load_kind(manifest.kind).tables}  # fmt: skip
        try:
            files = _recorded({table: path for table, path in tables.items() if path.exists()})
        except duckdb.Error:
            wrong.append(f"{name}: a file cannot be read")
            continue
        said = {table: profile["rows"] for table, profile in current["profile"].items() if profile["rows"]}
        if differing := [table for table, number in said.items() if files.get(table, {}).get("rows") != number]:
            wrong.append(f"{name}, {', '.join(differing)}: not the rows that were accepted")
            continue
        current["files"] = files
        write_json(store.manifest_path(*manifest.name), asdict(manifest))
        recorded.append(manifest)
    return recorded, wrong


def _repair_refusal(store: Store, data: DataFolder, path: Path) -> None:
    with suppress(ValueError):
        if "delivery_id" in json.loads(path.read_text(encoding="utf-8")):
            return
    report = _report(data, path.parts[-3], path.parts[-2], int(path.stem))
    if report.get("status") == "refused":
        store.refuse(refusal_of(report))
    else:
        path.unlink()


def refusal_of(report: dict[str, Any]) -> dict[str, Any]:
    """What the store keeps of the report of a refused delivery."""
    failed = [one["check_id"] for one in report["checks"] if one["status"] == "fail" and one["severity"] == BLOCKING]
    names = ("kind", "supplier_code", "reporting_year", "delivery_id", "received_at")
    return {name: report[name] for name in names} | {"check_id": failed[0] if failed else ""}


def _repair_check_results(store: Store, data: DataFolder) -> None:
    """The table is lost or cut: it is what the reports say."""
    path = store.check_results_path
    try:
        if path.exists() and rows_of([path]):
            return
    except duckdb.Error:
        path.unlink()
    reports = [report for path in data.verdicts.glob("*/*/*/verdict.json") if (report := read_verdict(path.parent))]
    if reports:
        update_check_results(store, reports)


def _report(data: DataFolder, kind: str, supplier: str, year: int) -> dict[str, Any]:
    return read_verdict(data.verdict(kind, supplier, year)) or {}
