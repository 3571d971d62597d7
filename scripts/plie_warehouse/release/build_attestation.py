"""Build attestations: a build records the checksum of the warehouse file whose dbt tests and suites all passed.

The attestation is a file beside the warehouse, because a row in the warehouse would survive changes to it: a write into
the warehouse changes the checksum, and no attestation matches any more. The name of the file
is the checksum. It is written before the warehouse gets its name, so that a build that dies in between leaves a
warehouse with its attestation.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import IO, Any

from plie_warehouse.errors import ReleaseError
from plie_warehouse.files import write_json
from plie_warehouse.paths import DataFolder

AGAIN = "run dbt build or make build (embedded sample), or make consolidate LANDING=folder (deliveries)"


def checksum(content: IO[bytes]) -> str:
    return hashlib.file_digest(content, "sha256").hexdigest()


def attest(data: DataFolder, warehouse: Path, record: dict[str, Any]) -> Path:
    """Attest that ``warehouse`` passed its tests. ``record``: facts of the build that the warehouse does not hold."""
    with warehouse.open("rb") as content:
        path = data.attestations / f"{checksum(content)}.json"
    data.attestations.mkdir(mode=0o700, exist_ok=True)
    write_json(path, record)
    return path


def delete_all_but(data: DataFolder, kept: Path) -> None:
    """Delete the attestations of earlier warehouses."""
    for path in data.attestations.iterdir():
        if path != kept:
            path.unlink()


def require_closed(warehouse: Path) -> None:
    """Raises ``ReleaseError`` when there is no warehouse, or when changes to it lie in a log beside the file."""
    if not warehouse.exists():
        raise ReleaseError(f"{warehouse} is missing; {AGAIN}")
    log = Path(f"{warehouse}.wal")
    if log.exists() and log.stat().st_size:
        raise ReleaseError(f"{warehouse} is being changed or was left in the middle of a change; {AGAIN}")


def record_of(data: DataFolder, content: IO[bytes]) -> dict[str, Any]:
    """The attestation of the warehouse with this ``content``. Raises ``ReleaseError`` when there is none."""
    path = data.attestations / f"{checksum(content)}.json"
    if not path.exists():
        raise ReleaseError(
            f"{data.warehouse} is not as a build left it whose dbt tests and Great Expectations suites all passed;"
            f" {AGAIN}"
        )
    return json.loads(path.read_text(encoding="utf-8"))
