"""The benchmark: the floor on a hand-made run of dbt, and what the document says of results."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from plie_warehouse import cli
from plie_warehouse.errors import UsageError
from plie_warehouse.measuring import bare, bench
from plie_warehouse.measuring.cost import MeasureError, measured
from plie_warehouse.measuring.floor import floor


def node(name: str, kind: str = "model", parents: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    return {
        "resource_type": kind, "schema": "marts", "alias": name, "language": "sql",
        "config": {"materialized": "table"}, "depends_on": {"nodes": [*parents]},
    } | changes  # fmt: skip


def test_the_floor_runs_the_sql_of_a_run_in_the_order_of_its_graph(tmp_path: Path) -> None:
    """What is not SQL is taken from what the build left, and what the run did not ask for is read there."""
    nodes = {
        "test.t": node("t", "test", ("model.b",)),
        "model.b": node("b", parents=("model.a", "model.python", "seed.s", "model.elsewhere")),
        "model.a": node("a", config={"materialized": "view"}),
        "model.python": node("python", language="python"),
        "seed.s": node("s", "seed", depends_on={}),
    }
    sql = {
        "model.b": 'select * from "warehouse"."marts"."a" cross join "warehouse"."marts"."python"'
        ' cross join "warehouse"."marts"."s" cross join "warehouse"."marts"."elsewhere"',
        "model.a": "select getvariable('build_id') as a", "model.python": "def model", "seed.s": None,
        "test.t": "select * from marts.b where p <> 2", "operation.x": "select not SQL",
    }  # fmt: skip
    results = [{"unique_id": name, "compiled_code": code} for name, code in sql.items()]
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    (tmp_path / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
    built = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(built)) as connection:
        connection.execute("create schema marts; create table marts.python as select 2 as p")
        connection.execute("create table marts.s as select 3 as s; create table marts.elsewhere as select 4 as e")
    before = built.read_bytes()
    found = floor(tmp_path, built)
    assert (found.models, found.tests) == (2, 1) and found.processor >= 0
    assert built.read_bytes() == before and sorted(path.name for path in tmp_path.iterdir()) == [
        "manifest.json", "run_results.json", "warehouse.duckdb",
    ]  # fmt: skip
    (tmp_path / "run_results.json").write_text(
        json.dumps({"results": [*results[1:], {"unique_id": "model.b", "compiled_code": "select nothing"}]})
    )
    with pytest.raises(duckdb.Error, match="nothing"):
        floor(tmp_path, built)


def test_the_bare_project_has_the_shape_of_the_real_one(parsed: dict[str, Any], tmp_path: Path) -> None:
    """dbt reads it, and finds each model, seed, test and unit test, with the edges that lead to models and seeds."""
    folder = tmp_path / "bare"
    bare.write_project(folder, parsed, [*parsed["nodes"], *parsed["unit_tests"]])
    there = dict.fromkeys(("DBT_PROJECT_DIR", "DBT_PROFILES_DIR"), str(folder))
    measured("parse", [*bench.DBT, "parse"], there | {"DBT_TARGET_PATH": str(folder / "target")})
    manifest = json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))

    def edges(project: dict[str, Any]) -> Counter[tuple[str, ...]]:
        of_kind = {key: node for key, node in project["nodes"].items() if node["resource_type"] in ("model", "seed")}
        return Counter(
            (
                node["resource_type"],
                node["name"] if key in of_kind else "",
                *sorted(of_kind[one]["name"] for one in {*node["depends_on"].get("nodes", ())} if one in of_kind),
            )
            for key, node in project["nodes"].items()
            if node["resource_type"] in ("model", "seed", "test")
        )

    assert edges(manifest) == edges(parsed)
    names = [{test["name"]: test["model"] for test in project["unit_tests"].values()} for project in (manifest, parsed)]
    assert names[0] == names[1] and len(names[0]) > 100


def results_of(name: str, factor: float) -> dict[str, Any]:
    costs = dict(zip(bench.RUNS, (80, 40, 20, 4, 2, 8, 16, 1), strict=True)) | {bench.DISCLOSURE: 12}
    # A little less memory in a longer run is none by year, not less than none.
    measures = [
        bench.Measure(run, cost * factor / 2, cost * factor, 0.5 - factor / 10_000) for run, cost in costs.items()
    ]
    return bench.as_results(bench.SIZES[name], "a machine", measures)


def test_the_document_gets_ratios_growth_and_a_chart(tmp_path: Path) -> None:
    kept, page = tmp_path / "bench.json", tmp_path / "performance.md"
    page.write_text(f"# Before\n\n{bench.FIRST_LINE}\nold\n{bench.LAST_LINE}\n\n# After\n", encoding="utf-8")
    with pytest.raises(UsageError, match="nothing was measured"):
        bench.write(bench.load(kept), page)
    for name, factor in (("5-years", 5), ("sample", 1), ("national", 2), ("5-years", 6)):
        bench.save(kept, name, results_of(name, factor))
    bench.write(bench.load(kept), page)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Before\n") and text.endswith("\n# After\n") and "old" not in text
    assert text.index("### Sample") < text.index("### National") < text.index("### 5-years")
    for line in (
        "| whole chain, nothing cached | 40.0 s | 80.0 s | 0.50 GB |",
        "| nothing changed / `dbt build` of one model (`plie_outcomes`) | 5.0 |", "| chain / its floor | 20.0 |",
        "| dbt with as many nodes in which nothing happens / `dbt build` of one model (`plie_outcomes`) | 2.0 |",
        "| part of dbt / its floor | 10.0 |",
        # From 1 year to 5: (6 - 2) * 80 over four years.
        "| whole chain, nothing cached | 80.0 s | 0.00 GB |", "    line [80, 160, 480]",
    ):  # fmt: skip
        assert line in text, line
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(bench.BenchError, match="no place for the results"):
        bench.write(bench.load(kept), page)
    kept.write_text("{", encoding="utf-8")
    with pytest.raises(bench.BenchError, match="delete it"):
        bench.load(kept)


def test_what_was_measured_before_a_failure_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with the deliveries of an earlier benchmark what their intake took."""
    page = tmp_path / "performance.md"
    page.write_text(f"{bench.FIRST_LINE}\n{bench.LAST_LINE}\n", encoding="utf-8")
    kept = tmp_path / bench.RESULTS
    national = bench.SIZES["national"]
    measures = [bench.Measure(bench.INTAKE, 20, 30, 1.0), bench.Measure(bench.CHAIN, 50, 70, 1.0)]
    bench.save(kept, "national", bench.as_results(national, "a machine", measures))
    bench.save(kept, "5-years", results_of("5-years", 5))

    def fails(*_: object) -> Iterator[bench.Measure]:
        yield bench.Measure(bench.CHAIN, 60, 80, 1.0)
        yield bench.Measure(bench.FLOOR, 10, 20, 1.0)
        raise MeasureError("the part that dbt runs failed")

    monkeypatch.setattr(bench, "run", fails)
    assert cli.main(["bench", "national", "--folder", str(tmp_path)]) == 1
    bench.write(bench.load(kept), page)
    national_only = page.read_text(encoding="utf-8").partition("### 5-years")[0]
    for line in (
        "| intake | 20.0 s | 30.0 s | 1.00 GB |",
        "| whole chain, nothing cached | 60.0 s | 80.0 s | 1.00 GB |",
        "| chain / its floor | 4.0 |",
    ):
        assert line in national_only
    assert "nothing changed" not in national_only and "disclosure control" not in national_only
    # What both sizes have: (400 - 80) / 4.
    assert "| whole chain, nothing cached | 80.0 s |" in page.read_text(encoding="utf-8")
    assert "    line [80, 400]\n    line [20, 20]\n```" in page.read_text(encoding="utf-8")
