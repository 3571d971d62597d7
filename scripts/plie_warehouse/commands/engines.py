"""Build the same tables on another engine, and compare every cell with DuckDB's."""

from __future__ import annotations

import argparse

from plie_warehouse.commands import add
from plie_warehouse.console import output
from plie_warehouse.paths import SAMPLE, STORE, DataFolder

NAME = "engines"


def register(subparsers: argparse._SubParsersAction) -> None:
    parser = add(
        subparsers, NAME, __doc__,
        "Run by make engine-postgres, engine-sail and engine-spark, whose environments have what dbt needs. The schemas"
        " staging, intermediate, marts, quality, reference and those of the deliveries are made anew: in the database"
        " that PGDATABASE names (plie), or with the server that SPARK_REMOTE names. Exit code: 0 all equal, 1 a table"
        " differs, 2 it could not run.",
    )  # fmt: skip
    parser.add_argument("engine", choices=("postgres", "sail", "spark"))
    parser.add_argument(
        "--deliveries",
        choices=(SAMPLE, STORE),
        default=SAMPLE,
        help="what the warehouse was built from (default: sample)",
    )
    parser.add_argument(
        "--select",
        nargs="+",
        default=[],
        metavar="MODELS",
        help="a part, in dbt's words: +plie_outcomes (default: all)",
    )
    parser.add_argument("--own-server", action="store_true", help="start a PostgreSQL in a temporary folder")
    parser.add_argument(
        "--workers", type=int, default=0, help="workers of Sail, in its own process (default: 0, without any)"
    )


def run(options: argparse.Namespace) -> int:
    import tempfile
    from contextlib import ExitStack
    from pathlib import Path

    from plie_warehouse.engines import UnequalTables, sail
    from plie_warehouse.engines.chain import run_engine
    from plie_warehouse.engines.compare import TABLES_SHOWN
    from plie_warehouse.engines.server import postgres_server

    console = output(soft_wrap=True, markup=False)
    data = DataFolder.from_environment()
    engine = options.engine
    with tempfile.TemporaryDirectory(prefix="plie-engine-") as name, ExitStack() as started:
        folder = Path(name)
        if engine == "postgres" and options.own_server:
            started.enter_context(postgres_server())
        server = started.enter_context(sail.server(folder, options.workers)) if engine == "sail" else None
        result = run_engine(engine, data, options.deliveries, folder, console.print, options.select, server)
    if result.differences:
        shown = result.differences[:TABLES_SHOWN]
        more = len(result.differences) - len(shown)
        raise UnequalTables("\n".join([*shown, *([f"and {more} tables more"] if more else [])]))
    console.print(
        f"{engine}: {result.tables} tables, {result.rows:,} rows, {result.cells:,} cells equal,"
        f" checksum {result.checksum:016x}"
    )
    return 0
