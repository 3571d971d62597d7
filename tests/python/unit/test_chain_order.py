"""The release is the last node of the graph, so that whatever fails stops it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

RELEASE = "model.plie_warehouse.release"


def outside(manifest: dict[str, Any]) -> list[str]:
    """Seeds, models and tests that may still run, or fail, when the release runs.

    dbt runs a data test before each node that comes after all that the test reads, a unit test before its model."""
    before = {RELEASE, *ancestors(manifest, RELEASE)}
    nodes = {
        name: node for name, node in manifest["nodes"].items() if node["resource_type"] in ("seed", "model", "test")
    }
    made = [name for name, node in nodes.items() if node["resource_type"] != "test" and name not in before]
    tests = {name: node for name, node in nodes.items() if node["resource_type"] == "test"} | manifest["unit_tests"]
    made += [
        name
        for name, test in tests.items()
        if not test["depends_on"]["nodes"] or not {*test["depends_on"]["nodes"]} <= before - {RELEASE}
    ]
    return sorted(made)


def ancestors(manifest: dict[str, Any], name: str) -> Iterator[str]:
    waiting, seen = [name], set()
    while waiting:
        node = manifest["nodes"].get(waiting.pop(), {})
        for parent in node.get("depends_on", {}).get("nodes", ()):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
                yield parent


def test_every_node_and_test_comes_before_the_release(parsed: dict) -> None:
    assert not (left := outside(parsed)), f"name in models/release/release.py what comes after all others: {left}"


def test_a_node_that_the_release_does_not_wait_for_is_found(parsed: dict) -> None:
    """A model, a test of the release itself, a test of nothing."""
    manifest = deepcopy(parsed)
    manifest["nodes"][RELEASE]["depends_on"]["nodes"].remove("model.plie_warehouse.disclosure_utility")
    for name, reads in (("of_the_release", [RELEASE]), ("of_nothing", [])):
        manifest["nodes"][f"test.{name}"] = {"resource_type": "test", "depends_on": {"nodes": reads}}
    found = outside(manifest)
    assert {"model.plie_warehouse.disclosure_utility", "test.of_the_release", "test.of_nothing"} <= {*found}


def test_what_is_judged_comes_before_the_release(parsed: dict) -> None:
    assert {"model.plie_warehouse.validation_results"} <= {*ancestors(parsed, RELEASE)}


def test_no_selector_is_taken_by_default(parsed: dict) -> None:
    """Or a plain dbt build would be one of a part."""
    assert not any(selector.get("default") for selector in parsed["selectors"].values())
