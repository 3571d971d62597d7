"""Load, build and compare on one engine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from plie_warehouse.engines import postgres, sail, spark
from plie_warehouse.engines.compare import Comparison, built_tables, compare_tables
from plie_warehouse.engines.delivered import export_delivered, run_dbt
from plie_warehouse.paths import DataFolder

ENGINES = {"postgres": postgres, "sail": sail, "spark": spark}


def run_engine(
    engine: str,
    data: DataFolder,
    deliveries: str,
    folder: Path,
    say: Callable[[str], None],
    select: Sequence[str] = (),
) -> Comparison:
    """Bring what DuckDB read to ``engine``, build there with all data tests, compare with the warehouse of ``data``.

    ``deliveries``: ``sample`` or ``store``, as the warehouse was built from. ``folder``: an empty one, for what is
    brought and for dbt's outputs (``dbt``). ``say``: told each stage with its time. ``select``: what to build, in dbt's
    words; all that the engine builds when empty. Raises ``EngineError`` when the engine is not there, is too old, or
    stops. Nothing is released.
    """
    there = ENGINES[engine]
    there.demand()
    # A part that was built is compared where it was built.
    warehouse = data.warehouse if data.warehouse.exists() else data.working_file
    started = time.perf_counter()
    tables = export_delivered(data, folder, deliveries)
    environment = there.load(folder, tables)
    say(f"{engine}: {len(tables)} tables brought in {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    target = folder / "dbt"
    variables = json.dumps({"deliveries": deliveries})
    chosen = [f"{one},selector:engines" for one in select] or ["selector:engines"]
    command = ["build", "--select", *chosen, "--indirect-selection", "cautious", "--target", there.TARGET]
    said = run_dbt([*command, "--vars", variables], data, target, environment)
    say(f"{engine}: {said.strip().splitlines()[-1].split('Done. ')[-1]} in {time.perf_counter() - started:.1f} s")
    results, manifest = (json.loads((target / name).read_text()) for name in ("run_results.json", "manifest.json"))
    started = time.perf_counter()
    with there.table_reader(folder) as read:
        result = compare_tables(warehouse, built_tables(results, manifest), read)
    say(f"{engine}: compared in {time.perf_counter() - started:.1f} s")
    return result
