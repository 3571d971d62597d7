"""Verdicts of the second enforcement that are reused: those of a step that passed, with its Data Docs.

A verdict is reused when all that it depends on is the same by content: the delivered files, what the build before left,
the code of the package and the versions of its libraries, and every value of every table of the warehouse that was read
for it, reference lists and parameters included. Which tables these are the step does not say: ``Warehouse`` records
them as they are read. A verdict that is not a pass is never kept, and ``plie validate`` always judges.

One file a verdict. Only the owner may read them: they are written beside private tables.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from plie_warehouse.files import OWNER_ONLY, replace
from plie_warehouse.paths import DataFolder
from plie_warehouse.validation.frames import Warehouse, WarehouseError
from plie_warehouse.validation.outcomes import SuiteOutcome, as_json, from_json

# How many verdicts are kept, those that were used last. Each is less than 1 MB.
KEPT = 24

# In the file of a verdict: the tables that it depends on, the verdict, the pages.
_TABLES, _VERDICT, _PAGES = "tables.json", "verdict.json", "pages/"

# What reading a damaged file raises.
_DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)


def folder_of(data: DataFolder) -> Path:
    """Where verdicts are kept: ``$PLIE_VALIDATION_CACHE``, else in the data folder."""
    named = os.environ.get("PLIE_VALIDATION_CACHE")
    return Path(named) if named else data.validation_cache


@dataclass(frozen=True)
class Verdict:
    """The verdict of a step: its ``suites``, and its ``pages`` by their path in the Data Docs."""

    suites: list[SuiteOutcome]
    pages: Mapping[str, bytes]

    def write_pages(self, docs: Path) -> None:
        for name, page in self.pages.items():
            file = docs / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(page)


class VerdictCache:
    """The verdicts of a step in ``folder``. ``depends_on``: what they depend on outside the tables that the step reads,
    as it is now."""

    def __init__(self, folder: Path, depends_on: Callable[[], object]) -> None:
        self.folder, self._depends_on = folder, depends_on
        self._began = _checksum(depends_on())

    def find(self, warehouse: Warehouse) -> Verdict | None:
        """The verdict on tables of the same content as those of ``warehouse``; None when there is none."""
        contents: dict[tuple[str, str], list[object]] = {}
        for file in sorted(self.folder.glob(f"{self._began}.*.zip")):
            # A file that is damaged, or went away, is none; nor is one on a table that this warehouse does not have.
            with suppress(*_DAMAGED, WarehouseError), zipfile.ZipFile(file) as stored:
                tables = [(schema, table) for schema, table in json.loads(stored.read(_TABLES))]
                for table in tables:
                    if table not in contents:
                        contents[table] = warehouse.content(*table)
                if not tables or file.name != self._name([(table, contents[table]) for table in tables]):
                    continue
                pages = [name for name in stored.namelist() if name.startswith(_PAGES)]
                verdict = Verdict(
                    from_json(stored.read(_VERDICT).decode()),
                    {name.removeprefix(_PAGES): stored.read(name) for name in pages},
                )
                os.utime(file)
                return verdict
        return None

    def keep(self, warehouse: Warehouse, suites: Sequence[SuiteOutcome], pages: Path) -> None:
        """Keep the verdict of a step that read ``warehouse``; nothing when it did not pass, when what it depends on
        changed meanwhile, or where there is no room. ``pages``: folder."""
        if not suites or not all(suite.success and suite.expectations for suite in suites):
            return
        if _checksum(self._depends_on()) != self._began:
            return
        tables = [(table, warehouse.content(*table)) for table in sorted(warehouse.tables_read)]

        def write(path: Path) -> None:
            path.touch(mode=0o600)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as stored:
                stored.writestr(_TABLES, json.dumps([table for table, _ in tables]))
                stored.writestr(_VERDICT, as_json([*suites]))
                for page in sorted(pages.rglob("*")):
                    if page.is_file():
                        stored.write(page, _PAGES + page.relative_to(pages).as_posix())

        # A build need not fail for want of what only saves time.
        with suppress(OSError):
            self.folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
            replace(self.folder / self._name(tables), write)
            # What a killed build was writing too.
            for file in sorted(self.folder.iterdir(), key=_last_used)[:-KEPT]:
                file.unlink(missing_ok=True)

    def _name(self, tables: Sequence[tuple[tuple[str, str], list[object]]]) -> str:
        return f"{self._began}.{_checksum(tables)}.zip"


def _checksum(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _last_used(file: Path) -> float:
    with suppress(FileNotFoundError):
        return file.stat().st_mtime
    return 0.0
