"""What an engine is given: every delivered table as DuckDB reads it, and every reference list, as Parquet files
``<schema>.<table>.parquet``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from plie_warehouse.engines import EngineError
from plie_warehouse.paths import PROJECT, DataFolder

# Lines of what dbt said that an error shows.
LINES_SHOWN = 30

# dbt with DuckDB does so by its plugin (working_file).
PARSING = "from plie_warehouse.python_parser import parse_one_at_a_time; parse_one_at_a_time()"


def dbt_command(arguments: list[str], target: Path) -> list[str]:
    """Arguments of Python that run dbt on the project. ``target``: dbt's folder, which is not that of the project,
    whose manifest is DuckDB's."""
    return [
        "-c", f"{PARSING}; from dbt.cli.main import cli; cli()", *arguments,
        "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target),
        "--log-path", str(target / "logs"), "--no-use-colors",
    ]  # fmt: skip


def run_dbt(
    arguments: list[str],
    data: DataFolder,
    target: Path,
    environment: Mapping[str, str] | None = None,
    server: subprocess.Popen | None = None,
) -> str:
    """Run dbt in a process of its own, since adapters of two engines do not share one; returns what it said. Raises
    ``EngineError`` with the end of what dbt said when it fails. ``target``: as of ``dbt_command``; ``server``: the
    engine's own process, with which dbt ends, since its client would ask for each table for minutes."""
    command = [sys.executable, *dbt_command(arguments, target)]
    variables = {**os.environ, "PLIE_DATA_DIR": str(data.root), **(environment or {})}
    run = subprocess.Popen(
        command, env=variables, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if server:
        Thread(target=lambda: (server.wait(), run.kill()), daemon=True).start()
    output, errors = run.communicate()
    if server and server.poll() is not None:
        raise EngineError("the server of the engine ended while dbt built there: run the command again")
    if run.returncode:
        said = (output + errors).strip().splitlines()
        wrong = [line for line in said if "ERROR" in line or "FAIL " in line or "Error" in line]
        raise EngineError("\n".join(["dbt stopped:", *wrong[:LINES_SHOWN], *said[-LINES_SHOWN:]]))
    return output


def export_delivered(data: DataFolder, folder: Path, deliveries: str) -> list[str]:
    """Write the files into ``folder``, which is made; returns the names ``schema.table``.

    ``deliveries``: ``sample`` or ``store``. The reference lists are those of the last build of ``data``. Raises
    ``EngineError`` when there is none.
    """
    if not data.warehouse.exists() and not data.working_file.exists():
        raise EngineError(f"there is no warehouse in {data.root}: run plie build first")
    folder.mkdir(parents=True, exist_ok=True)
    run_dbt(
        [
            "run-operation", "export_to_engines", "--args", f"{{folder: {str(folder)!r}}}",
            "--vars", f"{{deliveries: {deliveries}}}", "--target", "local",
        ],
        data,
        folder / "dbt-local",
    )  # fmt: skip
    return sorted(path.name.removesuffix(".parquet") for path in folder.glob("*.parquet"))
