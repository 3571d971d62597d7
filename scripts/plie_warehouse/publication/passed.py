"""Which warehouse passed: a build notes the checksum of the file whose dbt tests and suites have all passed.

A note beside the warehouse and not a row in it: whoever writes into the file, with plain dbt or by hand, makes it
another file, and no note fits it any more; whoever copies or moves both keeps the note. It is named after the checksum
and written before the warehouse takes its place: a build that dies between the two leaves a warehouse with its note.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import IO, Any

from plie_warehouse.paths import DataFolder
from plie_warehouse.publication.errors import PublicationError

AGAIN = "run make build (embedded sample) or make consolidate LANDING=folder (deliveries)"


def checksum(content: IO[bytes]) -> str:
    return hashlib.file_digest(content, "sha256").hexdigest()


def note(data: DataFolder, warehouse: Path, record: dict[str, Any]) -> Path:
    """Note that ``warehouse`` passed. ``record``: what the build knows and the warehouse does not."""
    with warehouse.open("rb") as content:
        path = data.passed / f"{checksum(content)}.json"
    data.passed.mkdir(mode=0o700, exist_ok=True)
    writing = path.with_suffix(".writing")
    with writing.open("w", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(writing, path)
    return path


def forget_all_but(data: DataFolder, kept: Path) -> None:
    """Drop the notes of warehouses that are no more."""
    for path in data.passed.iterdir():
        if path != kept:
            path.unlink()


def demand_settled(warehouse: Path) -> None:
    """Raises ``PublicationError`` when there is no warehouse, or one with changes that lie beside it."""
    if not warehouse.exists():
        raise PublicationError(f"{warehouse} is missing; {AGAIN}")
    log = Path(f"{warehouse}.wal")
    if log.exists() and log.stat().st_size:
        raise PublicationError(f"{warehouse} is being changed or was left in the middle of a change; {AGAIN}")


def record_of(data: DataFolder, content: IO[bytes]) -> dict[str, Any]:
    """The note of the warehouse whose ``content`` this is. Raises ``PublicationError`` when it has none."""
    path = data.passed / f"{checksum(content)}.json"
    if not path.exists():
        raise PublicationError(
            f"{data.warehouse} is not as a build left it whose dbt tests and Great Expectations suites all passed"
            f" (a plain dbt build changes it and does not pass the suites); {AGAIN}"
        )
    return json.loads(path.read_text(encoding="utf-8"))
