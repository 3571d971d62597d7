"""Which warehouse passed: a build notes the checksum of the file whose dbt tests and suites have all passed.

A note beside the warehouse and not a row in it: whoever writes into the file, with plain dbt or by hand, makes it
another file, and no note fits it any more; whoever copies or moves both keeps the note. It is named after the checksum
and written before the warehouse takes its place: a build that dies between the two leaves a warehouse with its note.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import IO, Any

from plie_warehouse.errors import ReleaseError
from plie_warehouse.files import write_json
from plie_warehouse.paths import DataFolder

AGAIN = "run make build (embedded sample) or make consolidate LANDING=folder (deliveries)"


def checksum(content: IO[bytes]) -> str:
    return hashlib.file_digest(content, "sha256").hexdigest()


def attest(data: DataFolder, warehouse: Path, record: dict[str, Any]) -> Path:
    """Note that ``warehouse`` passed. ``record``: what the build knows and the warehouse does not."""
    with warehouse.open("rb") as content:
        path = data.attestations / f"{checksum(content)}.json"
    data.attestations.mkdir(mode=0o700, exist_ok=True)
    write_json(path, record)
    return path


def delete_all_but(data: DataFolder, kept: Path) -> None:
    """Drop the notes of warehouses that are no more."""
    for path in data.attestations.iterdir():
        if path != kept:
            path.unlink()


def require_closed(warehouse: Path) -> None:
    """Raises ``ReleaseError`` when there is no warehouse, or one with changes that lie beside it."""
    if not warehouse.exists():
        raise ReleaseError(f"{warehouse} is missing; {AGAIN}")
    log = Path(f"{warehouse}.wal")
    if log.exists() and log.stat().st_size:
        raise ReleaseError(f"{warehouse} is being changed or was left in the middle of a change; {AGAIN}")


def record_of(data: DataFolder, content: IO[bytes]) -> dict[str, Any]:
    """The note of the warehouse whose ``content`` this is. Raises ``ReleaseError`` when it has none."""
    path = data.attestations / f"{checksum(content)}.json"
    if not path.exists():
        raise ReleaseError(
            f"{data.warehouse} is not as a build left it whose dbt tests and Great Expectations suites all passed"
            f" (a plain dbt build changes it and does not pass the suites); {AGAIN}"
        )
    return json.loads(path.read_text(encoding="utf-8"))
