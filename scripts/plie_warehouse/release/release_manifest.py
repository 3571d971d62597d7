"""The manifest of a release: what it is and holds, without a path of this machine or a checksum of private content.

Each release has its manifest in versions/<published id>/. The manifest beside the file that BI opens is that of the
current release with two more keys. ``publications``: the current release and those before it, newest first; each is
available under versions/ or withdrawn (in quarantine), with the reason. ``switching_to``, only while one release
replaces another: the manifest of the next one; a file in place is then of one of the two, as its checksum says.
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
from plie_warehouse.release.build_attestation import checksum
from plie_warehouse.release.released_tables import STORAGE_VERSION, Table
from plie_warehouse.release.released_views import View
from plie_warehouse.release.suppression_patterns import SHOWN

NAME = "manifest.json"


def file_entry(path: Path) -> dict[str, Any]:
    with path.open("rb") as content:
        return {"bytes": path.stat().st_size, "sha256": checksum(content)}


def describe(
    record: dict[str, Any],
    build_info: dict[str, str],
    figures: dict[str, int],
    hidden_cells: dict[str, dict[str, Any]],
    tables: Sequence[Table],
    views: Sequence[View],
) -> dict[str, Any]:
    """The manifest but for its files. ``record``: the build attestation; ``build_info``: what the published table of
    that name holds; ``figures``: status -> number of indicators; ``hidden_cells``: see ``suppression_patterns``. The
    name of the publication derives from all the rest."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    build_id, as_of_date = build_info["build_id"], build_info["as_of_date"]
    described = {
        "build_id": build_id,
        "as_of_date": as_of_date,
        "figures": figures.get(SHOWN, 0),
        "figures_not_shown": {status: count for status, count in figures.items() if status != SHOWN},
        "hidden_cells": hidden_cells,
        "deliveries": _public(record["deliveries"]),
        # How many values were compared depends on private rows.
        "passed": {name: count for name, count in record["passed"].items() if name != "values_compared"},
        "versions": {
            name.removesuffix("_version"): value
            for name, value in build_info.items()
            if name not in ("build_id", "as_of_date")
        }
        | record["versions"]
        | {"project": project["version"], "duckdb": duckdb.__version__, "duckdb_storage": STORAGE_VERSION},
        "tables": table_entries(tables),
        "views": sorted(view.full_name for view in views),
    }
    digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()[:8]
    safe = re.sub(r"[^0-9A-Za-z-]", "-", build_id)
    return {"published_id": f"{as_of_date}_{safe}_{digest}"} | described


def _public(deliveries: dict[str, Any]) -> dict[str, Any]:
    """Without the names of deliveries: they are checksums of what they hold."""
    in_force = [{name: value for name, value in one.items() if name != "delivery_id"} for one in deliveries["in_force"]]
    return deliveries | {"in_force": in_force}


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
    needed = {"published_id", "tables", "hidden_cells", "files"}
    return content if isinstance(content, dict) and needed <= content.keys() else None


def read_whole(folder: Path) -> dict[str, Any] | None:
    """The manifest of the release in a folder; None unless every file of it is as it was written."""
    found = read(folder / NAME)
    return found if found and not differing(folder, found["files"]) else None


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
