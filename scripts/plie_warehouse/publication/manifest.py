"""What a publication is and holds, for people and programs: no person, no path of this machine.

Each publication has its manifest in versions/<published id>/. The one beside the file that BI opens is the same, with
``kept``: the publications at hand, newest first; and, while one takes the place of another, ``switching_to``: the
manifest of the one that comes. A file in place is then of either, and its checksum tells which.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import yaml

from plie_warehouse.paths import PROJECT
from plie_warehouse.publication.passed import checksum
from plie_warehouse.publication.tables import STORAGE_VERSION, Table

NAME = "manifest.json"


def file_entry(path: Path) -> dict[str, Any]:
    with path.open("rb") as content:
        return {"bytes": path.stat().st_size, "sha256": checksum(content)}


def describe(record: dict[str, Any], build: tuple[str, str, str], tables: Sequence[Table]) -> dict[str, Any]:
    """The manifest but for its files. ``record``: the note of the build that passed; ``build``: name, extraction date
    and version of dbt. The name of the publication derives from all the rest."""
    build_id, as_of_date, dbt_version = build
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    described = {
        "build_id": build_id,
        "as_of_date": as_of_date,
        "figures": sum(table.rows for table in tables if table.full_name == "published.indicators"),
        "deliveries": record["deliveries"],
        "passed": record["passed"],
        "versions": record["versions"]
        | {
            "project": project["version"],
            "dbt": dbt_version,
            "duckdb": duckdb.__version__,
            "duckdb_storage": STORAGE_VERSION,
        },
        "tables": table_entries(tables),
    }
    digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()[:8]
    safe = re.sub(r"[^0-9A-Za-z-]", "-", build_id)
    return {"published_id": f"{as_of_date}_{safe}_{digest}"} | described


def table_entries(tables: Sequence[Table]) -> dict[str, Any]:
    return {
        table.full_name: {
            "rows": table.rows,
            "columns": {column.name: column.type for column in table.columns},
            "checksum": table.checksum,
        }
        for table in tables
    }


def read(path: Path) -> dict[str, Any] | None:
    """A manifest; None when there is none, or none that can be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) and {"published_id", "files"} <= content.keys() else None


def write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def differing(folder: Path, files: dict[str, Any]) -> list[str]:
    """Of the files that a manifest names, those that are not in ``folder`` as it says."""
    return [
        name
        for name, entry in files.items()
        if not (folder / name).is_file()
        or (folder / name).stat().st_size != entry["bytes"]
        or file_entry(folder / name) != entry
    ]
