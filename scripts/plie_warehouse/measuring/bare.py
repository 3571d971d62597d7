"""What dbt takes by itself: a project of as many nodes as a run had, with the same edges, in which nothing happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from plie_warehouse.measuring.floor import settings

NAME = "bare"
# One row and one column everywhere.
COLUMN, VALUE = "one", 1


def write_project(folder: Path, manifest: Mapping[str, Any], asked: Iterable[str]) -> None:
    """Write a project of dbt, its profile too, into an empty folder. ``manifest``: of the real project; ``asked``: the
    unique ids of the nodes and unit tests that a run of it asked for. A seed is one row, a model selects one value, a
    test finds nothing, a unit test expects what is there; each names the models and seeds that it stands on."""
    asked = {*asked}
    nodes = {key: node for key, node in manifest["nodes"].items() if key in asked}
    unit_tests = {key: test for key, test in manifest["unit_tests"].items() if key in asked}
    names = {key: node["name"] for key, node in nodes.items() if node["resource_type"] in ("model", "seed")}
    for part in ("models", "seeds", "tests"):
        (folder / part).mkdir(parents=True)
    for number, (key, node) in enumerate(nodes.items()):
        parents = [names[parent] for parent in node["depends_on"].get("nodes", ()) if parent in names]
        stands_on = "".join(f"-- depends_on: {{{{ ref('{parent}') }}}}\n" for parent in parents)
        match node["resource_type"]:
            case "seed":
                (folder / "seeds" / f"{names[key]}.csv").write_text(f"{COLUMN}\n{VALUE}\n", encoding="utf-8")
            case "model":
                sql = f"{stands_on}select {VALUE} as {COLUMN}\n"
                (folder / "models" / f"{names[key]}.sql").write_text(sql, encoding="utf-8")
            case "test":
                sql = f"{stands_on}select {VALUE} as {COLUMN} where false\n"
                (folder / "tests" / f"test_{number}.sql").write_text(sql, encoding="utf-8")
    rows = [{COLUMN: VALUE}]
    said = [
        {
            "name": test["name"],
            "model": test["model"],
            "given": [
                {"input": f"ref('{names[parent]}')", "rows": rows}
                for parent in _parents(manifest["nodes"], test)
                if parent in names
            ],
            "expect": {"rows": rows},
        }
        for test in unit_tests.values()
        if test["model"] in names.values()
    ]
    _write(folder / "models" / "unit_tests.yml", {"unit_tests": said})
    tables = {"models": {NAME: {"+materialized": "table"}}}
    quiet = {"flags": {"send_anonymous_usage_stats": False}}
    _write(folder / "dbt_project.yml", {"name": NAME, "version": "1.0.0", "profile": NAME} | tables | quiet)
    output = {"type": "duckdb", "path": str(folder / f"{NAME}.duckdb"), "threads": settings()["threads"]}
    _write(folder / "profiles.yml", {NAME: {"target": NAME, "outputs": {NAME: output}}})


def _parents(nodes: Mapping[str, Any], test: Mapping[str, Any]) -> list[str]:
    """What the model of a unit test stands on."""
    (model,) = (node for node in nodes.values() if node["resource_type"] == "model" and node["name"] == test["model"])
    return list(dict.fromkeys(model["depends_on"]["nodes"]))


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
