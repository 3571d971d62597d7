"""Load, build and compare on one engine."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from plie_warehouse.engines import EngineError, postgres
from plie_warehouse.engines.compare import Comparison, built_tables, compare_tables
from plie_warehouse.engines.delivered import export_delivered, run_dbt
from plie_warehouse.paths import DataFolder

ENGINES = ("postgres",)
BUILD = ["build", "--selector", "engines", "--indirect-selection", "cautious"]


def run_engine(engine: str, data: DataFolder, deliveries: str, say: Callable[[str], None]) -> Comparison:
    """Bring what DuckDB read to ``engine``, build there with all data tests, compare with the warehouse of ``data``.

    ``deliveries``: ``sample`` or ``store``, as the warehouse was built from. ``say``: told each stage with its time.
    Raises ``EngineError`` when the engine is not there, is too old, or stops. Nothing is released.
    """
    _demand_engine(engine)
    # A part that was built is compared where it was built.
    warehouse = data.warehouse if data.warehouse.exists() else data.working_file
    folder = Path(tempfile.mkdtemp(prefix="plie-engine-"))
    try:
        started = time.perf_counter()
        tables = export_delivered(data, folder, deliveries)
        postgres.load(folder, tables)
        say(f"{engine}: {len(tables)} tables brought in {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        target = folder / "dbt"
        variables = json.dumps({"deliveries": deliveries})
        said = run_dbt([*BUILD, "--target", engine, "--vars", variables], data, target)
        say(f"{engine}: {said.strip().splitlines()[-1].split('Done. ')[-1]} in {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        made = built_tables(
            *(json.loads((target / name).read_text()) for name in ("run_results.json", "manifest.json"))
        )
        with postgres.table_reader() as read:
            result = compare_tables(warehouse, made, read)
        say(f"{engine}: compared in {time.perf_counter() - started:.1f} s")
        return result
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _demand_engine(engine: str) -> None:
    try:
        import psycopg2  # noqa: F401
        from dbt.adapters import postgres as adapter
    except ImportError as error:
        raise EngineError(f"what dbt needs of {engine} is not installed: run make engine-{engine}") from error
    del adapter
    postgres.connect().close()
