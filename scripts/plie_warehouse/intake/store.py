"""The store of accepted deliveries: Parquet by table, supplier and year, all text; a manifest says which is in force.

    accepted/<table>/supplier_code=<code>/reporting_year=<year>/<delivery id>.parquet
    accepted/deliveries/<kind>/<supplier>/<year>.json   versions, and the one in force
    accepted/refused/<kind>/<supplier>/<year>.json      the last delivery, when it was refused: no content

A kind has its own tables, and a PLIE and a clause structure may bear one code: nothing is known by its code alone.

Accepting writes the files first and the manifest last, each under another name until it is whole. Whatever dies in
between leaves the manifest, and so what is in force, as it was.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from plie_warehouse.errors import PlieError
from plie_warehouse.files import WRITING, owner_only, replace, write_json


class StoreError(PlieError):
    """The store cannot be written; what was in force still is."""


@dataclass
class Manifest:
    """What the store knows of one kind, supplier and year. ``in_force``: delivery id; ``versions``: every accepted one,
    oldest first, with when it came and the profile that later years are compared with."""

    kind: str
    supplier_code: str
    reporting_year: int
    in_force: str = ""
    versions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def current(self) -> dict[str, Any] | None:
        return next((one for one in reversed(self.versions) if one["delivery_id"] == self.in_force), None)


class Store:
    """The store under one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def manifest_path(self, kind: str, supplier: str, year: int) -> Path:
        return self.root / "deliveries" / kind / supplier / f"{year}.json"

    def refusal_path(self, kind: str, supplier: str, year: int) -> Path:
        return self.root / "refused" / kind / supplier / f"{year}.json"

    @property
    def check_results_path(self) -> Path:
        return self.root / "check_results.parquet"

    def data_path(self, table: str, supplier: str, year: int, delivery_id: str) -> Path:
        folder = self.root / table / f"supplier_code={supplier}" / f"reporting_year={year}"
        return folder / f"{delivery_id}.parquet"

    @contextmanager
    def locked(self, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """One intake at a time; ``waiting`` is called when another holds the store. Deletes the files that a
        killed intake was writing."""
        self.root.mkdir(parents=True, exist_ok=True)
        # The store is private, whatever the umask of the caller.
        self.root.chmod(0o700)
        with owner_only(), (self.root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
            for left in self.root.rglob(f".*{WRITING}"):
                left.unlink()
            yield

    def manifest(self, kind: str, supplier: str, year: int) -> Manifest:
        """What is known of a kind, supplier and year; empty when nothing was accepted yet."""
        path = self.manifest_path(kind, supplier, year)
        if not path.exists():
            return Manifest(kind, supplier, year)
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))

    def manifests(self) -> list[Manifest]:
        """Every kind, supplier and year with an accepted delivery."""
        paths = sorted((self.root / "deliveries").glob("*/*/*.json"))
        return [Manifest(**json.loads(path.read_text(encoding="utf-8"))) for path in paths]

    def accept(
        self,
        manifest: Manifest,
        version: dict[str, Any],
        connection: duckdb.DuckDBPyConnection,
        tables: Mapping[str, str],
    ) -> None:
        """Put a delivery in force as a whole. ``version``: its entry in the manifest, ``delivery_id`` among it.
        ``tables``: table -> query of its rows on ``connection``.

        Call under ``locked``. Raises ``StoreError`` when it cannot be written, and nothing has changed then.
        """
        supplier, year, delivery_id = manifest.supplier_code, manifest.reporting_year, version["delivery_id"]
        name = (manifest.kind, supplier, year)
        written: list[Path] = []
        try:
            for table, query in tables.items():
                path = self.data_path(table, supplier, year, delivery_id)
                path.parent.mkdir(parents=True, exist_ok=True)
                written.append(path)
                _write_parquet(connection, f"select *, '{delivery_id}' as delivery_id from ({query})", path)
            updated = Manifest(manifest.kind, supplier, year, delivery_id, [*manifest.versions, version])
            write_json(self.manifest_path(*name), asdict(updated))
        except (OSError, duckdb.Error) as error:
            if delivery_id not in {one["delivery_id"] for one in manifest.versions}:
                for path in written:
                    with suppress(OSError):
                        path.unlink(missing_ok=True)
            raise StoreError(f"the delivery of {supplier} for {year} could not be stored: {error}") from error
        self.forget_refusal(*name)

    def refuse(self, refusal: Mapping[str, Any]) -> None:
        """Record that the last delivery was refused; the one in force stays in force."""
        try:
            name = (refusal["kind"], refusal["supplier_code"], refusal["reporting_year"])
            write_json(self.refusal_path(*name), refusal)
        except OSError as error:
            raise StoreError(f"a refusal could not be recorded: {error}") from error

    def forget_refusal(self, kind: str, supplier: str, year: int) -> None:
        """The last delivery is in force."""
        self.refusal_path(kind, supplier, year).unlink(missing_ok=True)

    def write_check_results(self, frame: pd.DataFrame) -> None:
        """Replace the table of check results of the last deliveries."""
        try:
            with duckdb.connect() as connection:
                connection.register("frame", frame)
                _write_parquet(connection, "select * from frame", self.check_results_path)
        except (OSError, duckdb.Error) as error:
            raise StoreError(f"the check results could not be stored: {error}") from error


def _write_parquet(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    def write(temporary: Path) -> None:
        target = str(temporary).replace("'", "''")
        connection.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd)")

    replace(path, write)
