"""The store of accepted deliveries: Parquet by table, supplier and year, all text; a manifest says which is in force.

    accepted/<table>/supplier_code=<code>/reporting_year=<year>/<delivery id>.parquet   what is in force
    accepted/superseded/<table>/…                       the same of the other versions: no build reads them
    accepted/deliveries/<kind>/<supplier>/<year>.json   versions, and the one in force
    accepted/refused/<kind>/<supplier>/<year>.json      the last delivery, when it was refused: no content

A kind has its own tables, and a PLIE and a clause structure may bear one code: nothing is known by its code alone.

Accepting writes the files first and the manifest last, each under another name until it is whole. Whatever dies in
between leaves the manifest, and so what is in force, as it was. A manifest holds the digest and the number of rows of
each file, so that a file that is lost, cut or changed later is found (``faults``).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from plie_warehouse.contract import load_kind
from plie_warehouse.errors import PlieError
from plie_warehouse.files import WRITING, digest_of, locked, owner_only, replace, write_json
from plie_warehouse.intake.plain import no_pattern

SUPERSEDED = "superseded"


class StoreError(PlieError):
    """The store cannot be written; what was in force still is."""


@dataclass
class Manifest:
    """What the store knows of one kind, supplier and year. ``in_force``: delivery id, '' for none; ``versions``: every
    accepted one, oldest first: ``delivery_id``, when it came, ``files`` (table -> ``sha256`` and ``rows``), the profile
    that later years are compared with, and ``withdrawn_at`` when it was withdrawn."""

    kind: str
    supplier_code: str
    reporting_year: int
    in_force: str = ""
    versions: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """The manifest of a file <kind>/<supplier>/<year>.json. Raises ``ValueError`` when it is not whole."""
        kind, supplier, year = path.parts[-3], path.parts[-2], int(path.stem)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            read = cls(**content | {"in_force": content["in_force"] or ""})
            ids = {one["delivery_id"] for one in read.versions}
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"{path} is not a manifest") from error
        if (read.kind, read.supplier_code, read.reporting_year) != (kind, supplier, year):
            raise ValueError(f"{path} is the manifest of another delivery")
        if read.in_force and read.in_force not in ids:
            raise ValueError(f"{path} does not know the delivery that it puts in force")
        return read

    @property
    def name(self) -> tuple[str, str, int]:
        return self.kind, self.supplier_code, self.reporting_year

    @property
    def current(self) -> dict[str, Any] | None:
        return next((one for one in reversed(self.versions) if one["delivery_id"] == self.in_force), None)

    def withdrawn_at(self, delivery_id: str) -> str:
        """When a delivery was withdrawn, or ''."""
        return next((one.get("withdrawn_at", "") for one in self.versions if one["delivery_id"] == delivery_id), "")


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
        with owner_only(), locked(self.root / ".lock", waiting):
            for left in self.root.rglob(f".*{WRITING}"):
                left.unlink()
            yield

    def manifest(self, kind: str, supplier: str, year: int) -> Manifest:
        """What is known of a kind, supplier and year; empty when nothing was accepted yet, or what was written of it
        cannot be read (``store_check`` says so): the next delivery that is accepted mends it."""
        try:
            return Manifest.read(self.manifest_path(kind, supplier, year))
        except (FileNotFoundError, ValueError):
            return Manifest(kind, supplier, year)

    def manifests(self) -> list[Manifest]:
        """Every kind, supplier and year with an accepted delivery, and a manifest that can be read."""
        return [one for path in self.manifest_paths() if (one := self.manifest(*_name(path))).versions]

    def manifest_paths(self) -> list[Path]:
        return sorted((self.root / "deliveries").glob("*/*/*.json"))

    def faults(self, manifest: Manifest) -> dict[str, str]:
        """Table -> what is wrong with its file, of the delivery in force; reads the bytes of the files."""
        current = manifest.current
        if current is None:
            return {}
        if "files" not in current:
            return {
                table.name: "its digest was never recorded (plie verify --record)"
                for table in load_kind(manifest.kind).tables[:1]
            }
        found = {}
        for table, said in current["files"].items():
            try:
                if digest_of(self.data_path(table, *manifest.name[1:], manifest.in_force)) != said["sha256"]:
                    found[table] = "its file is not the one that was accepted"
            except FileNotFoundError:
                found[table] = "its file is missing"
            except OSError as error:
                found[table] = f"its file cannot be read ({error.strerror})"
        return found

    def accept(
        self,
        manifest: Manifest,
        version: dict[str, Any],
        connection: duckdb.DuckDBPyConnection,
        tables: Mapping[str, str],
    ) -> None:
        """Put a delivery in force as a whole. ``version``: its entry in the manifest, ``delivery_id`` among it; what is
        in force already is written again and has one entry. ``tables``: table -> query of its rows on ``connection``.

        Call under ``locked``. Raises ``StoreError`` when it cannot be written, and nothing has changed then.
        """
        supplier, year, delivery_id = manifest.supplier_code, manifest.reporting_year, version["delivery_id"]
        written: list[Path] = []
        files = {}
        try:
            for table, query in tables.items():
                path = self.data_path(table, supplier, year, delivery_id)
                path.parent.mkdir(parents=True, exist_ok=True)
                written.append(path)
                rows = _write_parquet(connection, f"select *, '{delivery_id}' as delivery_id from ({query})", path)
                files[table] = {"sha256": digest_of(path), "rows": rows}
            repaired = manifest.current if manifest.in_force == delivery_id else None
            versions = [one for one in manifest.versions if one is not repaired]
            self.put_in_force(Manifest(*manifest.name, delivery_id, [*versions, version | {"files": files}]))
        except (OSError, duckdb.Error) as error:
            if delivery_id not in {one["delivery_id"] for one in manifest.versions}:
                for path in written:
                    with suppress(OSError):
                        path.unlink(missing_ok=True)
            raise StoreError(f"the delivery of {supplier} for {year} could not be stored: {error}") from error
        self.forget_refusal(*manifest.name)

    def put_in_force(self, manifest: Manifest) -> None:
        """Write a manifest, and lay the files of its versions where they belong. Call under ``locked``. Raises
        ``OSError``: what was in force still is."""
        self.bring_back(manifest)
        write_json(self.manifest_path(*manifest.name), asdict(manifest) | {"in_force": manifest.in_force or None})
        self.set_aside(manifest)

    def bring_back(self, manifest: Manifest) -> None:
        """Lay the files of the delivery in force where builds read them."""
        for path, aside in self._files(manifest, manifest.in_force):
            if aside.exists() and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(aside, path)

    def set_aside(self, manifest: Manifest) -> None:
        """Lay the files of a manifest where they belong: what is not in force where no build reads it."""
        self.bring_back(manifest)
        for delivery_id in {one["delivery_id"] for one in manifest.versions} - {manifest.in_force}:
            for path, aside in self._files(manifest, delivery_id):
                if path.exists():
                    aside.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(path, aside)

    def _files(self, manifest: Manifest, delivery_id: str) -> Iterator[tuple[Path, Path]]:
        """Where the files of a delivery are when it is in force, and when it is not."""
        for table in load_kind(manifest.kind).tables if delivery_id else ():
            path = self.data_path(table.name, manifest.supplier_code, manifest.reporting_year, delivery_id)
            yield path, self.root / SUPERSEDED / path.relative_to(self.root)

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


def rows_of(paths: list[Path]) -> list[int]:
    """Number of rows of Parquet files, in their order. Raises ``duckdb.Error`` when one cannot be read."""
    if not paths:
        return []
    with duckdb.connect() as connection:
        given = [no_pattern(path) for path in paths]
        found = connection.execute("select file_name, num_rows from parquet_file_metadata(?)", [given]).fetchall()
    rows = dict(found)
    return [rows[str(path)] for path in paths]


def _name(path: Path) -> tuple[str, str, int]:
    """Kind, supplier and year of a file <kind>/<supplier>/<year>.json."""
    return path.parts[-3], path.parts[-2], int(path.stem)


def _write_parquet(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write the rows of a query; returns how many."""
    rows = 0

    def write(temporary: Path) -> None:
        nonlocal rows
        target = str(temporary).replace("'", "''")
        [rows] = connection.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd)").fetchone()

    replace(path, write)
    return rows
