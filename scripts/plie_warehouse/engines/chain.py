"""Load, build and compare on one engine."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from plie_warehouse.engines import postgres, sail, spark
from plie_warehouse.engines.compare import Comparison, built_tables, compare_tables
from plie_warehouse.engines.delivered import export_delivered, run_dbt
from plie_warehouse.paths import DataFolder

ENGINES = {"postgres": postgres, "sail": sail, "spark": spark}


@dataclass(frozen=True)
class Brought:
    """What an engine was given to build from: ``tables`` (``schema.table``), the ``environment`` of dbt there, and its
    ``variables``. ``folder``: holds the files that were brought, and dbt's outputs (``dbt``)."""

    engine: str
    folder: Path
    tables: list[str]
    environment: dict[str, str]
    variables: str

    @property
    def target(self) -> Path:
        return self.folder / "dbt"

    def command(self, select: Sequence[str] = ()) -> list[str]:
        """Arguments of dbt that build with all data tests: what ``select`` names of what engines build, or all."""
        chosen = [f"{one},selector:engines" for one in select] or ["selector:engines"]
        return [
            "build", "--select", *chosen, "--indirect-selection", "cautious",
            "--target", ENGINES[self.engine].TARGET, "--vars", self.variables,
        ]  # fmt: skip

    def compare(self, warehouse: Path, wanted: Callable[[str], bool] = lambda table: True) -> Comparison:
        """Compare the tables that dbt made with those of a DuckDB file; those that are ``wanted``."""
        names = ("run_results.json", "manifest.json")
        results, manifest = (json.loads((self.target / name).read_text()) for name in names)
        with ENGINES[self.engine].table_reader(self.folder) as read:
            return compare_tables(warehouse, filter(wanted, built_tables(results, manifest)), read)


def bring(engine: str, data: DataFolder, deliveries: str, folder: Path) -> Brought:
    """Bring what DuckDB read to ``engine``, with the reference lists of the last build of ``data``. ``folder``: an
    empty one. Raises ``EngineError`` when the engine is not there or is too old, or when there is no build."""
    there = ENGINES[engine]
    there.demand()
    tables = export_delivered(data, folder, deliveries)
    variables = json.dumps({"deliveries": deliveries, **extraction_date(built_file(data))})
    return Brought(engine, folder, tables, there.load(folder, tables), variables)


def built_file(data: DataFolder) -> Path:
    """The warehouse of ``data``. A part that was built is compared where it was built."""
    return data.warehouse if data.warehouse.exists() else data.working_file


def extraction_date(warehouse: Path) -> dict[str, str]:
    """The variable ``as_of_date`` of the build of a DuckDB file (D05); none of a part that does not say it, which was
    built with the project's."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        try:
            found = connection.execute("select as_of_date from marts.build_info").fetchone()
        except duckdb.CatalogException:
            found = None
    return {"as_of_date": str(found[0])} if found else {}


def run_engine(
    engine: str,
    data: DataFolder,
    deliveries: str,
    folder: Path,
    say: Callable[[str], None],
    select: Sequence[str] = (),
    server: subprocess.Popen | None = None,
) -> Comparison:
    """Bring what DuckDB read to ``engine``, build there with all data tests, compare with the warehouse of ``data``.

    ``deliveries``: ``sample`` or ``store``, as the warehouse was built from. ``folder``: an empty one, for what is
    brought and for dbt's outputs (``dbt``). ``say``: told each stage with its time. ``select``: what to build, in dbt's
    words; all that the engine builds when empty. ``server``: the engine's own process. Raises ``EngineError`` when the
    engine is not there, is too old, or stops. Nothing is released.
    """
    started = time.perf_counter()
    brought = bring(engine, data, deliveries, folder)
    say(f"{engine}: {len(brought.tables)} tables brought in {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    said = run_dbt(brought.command(select), data, brought.target, brought.environment, server)
    say(f"{engine}: {said.strip().splitlines()[-1].split('Done. ')[-1]} in {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    result = brought.compare(built_file(data))
    say(f"{engine}: compared in {time.perf_counter() - started:.1f} s")
    return result
