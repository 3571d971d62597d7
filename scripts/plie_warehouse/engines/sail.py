"""Sail, a Spark Connect server without a JVM: started for one run, in a folder that goes with it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from plie_warehouse.engines import EngineError, spark
from plie_warehouse.engines.server import free_port
from plie_warehouse.sql import text

TARGET = "spark"
# How long a server may take to end by itself, in seconds.
END_TIMEOUT = 20


def load(folder: Path, tables: Iterable[str]) -> dict[str, str]:
    """The variables of a build. A client without a Spark of its own looks for one all the same where none is named."""
    return {**spark.load(folder, tables), "SPARK_HOME": str(folder)}


def demand() -> None:
    """Raise ``EngineError`` unless dbt's adapter is there and a server that answers."""
    if not os.environ.get("SPARK_REMOTE"):
        raise EngineError("no Sail is started: run plie engines sail, which starts one")
    spark.demand()


@contextmanager
def server(folder: Path, workers: int = 0) -> Iterator[subprocess.Popen]:
    """Start a server that works in ``folder`` / sail, and name it in ``SPARK_REMOTE`` for as long as it is used.

    ``workers``: how many workers share the work, which Sail keeps in the server's process, each with a port of its
    own; 0: the server does it itself. What it says is in the file ``log`` of its folder. Raises ``EngineError`` when
    Sail is not installed or does not start.
    """
    try:
        import pysail
    except ImportError as error:
        raise EngineError("Sail is not installed: run make engine-sail") from error
    del pysail
    made = folder / "sail"
    made.mkdir(parents=True)
    port = free_port()
    command = [sys.executable, "-c", "from pysail.cli import main; main()", "spark", "server", "--ip", "127.0.0.1"]
    environment = {**os.environ, "RUST_LOG": "error"}
    if workers:
        environment |= {"SAIL_MODE": "local-cluster", "SAIL_CLUSTER__WORKER_INITIAL_COUNT": str(workers)}
        # What the workers do is said at this level.
        environment["RUST_LOG"] = "info"
    before = os.environ.get("SPARK_REMOTE")
    with (made / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=made, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        _wait(process, port, made / "log")
        os.environ["SPARK_REMOTE"] = f"sc://127.0.0.1:{port}"
        yield process
    finally:
        os.environ.pop("SPARK_REMOTE", None) if before is None else os.environ.update(SPARK_REMOTE=before)
        process.terminate()
        try:
            process.wait(END_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen, port: int, log: Path) -> None:
    """Until the server answers, however slow the machine is, or has ended."""
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise EngineError(f"Sail does not start: {log.read_text(encoding='utf-8', errors='replace')[-500:]}")


@contextmanager
def table_reader(folder: Path) -> Iterator[Callable[[duckdb.DuckDBPyConnection, str, str], str]]:
    """A function that gives a table that a build made as a relation of DuckDB: ``read(duck, schema, table)`` returns
    its name. From files, since names go with dbt's session; a table without rows has none, and DuckDB's columns."""

    def read(duck: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
        # <table>-<some name>; what was made again lies in the newest.
        made = (folder / "sail" / "spark-warehouse").glob(f"{table}-*/*.parquet")
        newest = max(made, key=lambda file: file.stat().st_mtime_ns, default=None)
        rows = f"read_parquet({text(newest.parent / '*.parquet')})" if newest else f"warehouse.{schema}.{table} limit 0"
        duck.execute(f"create or replace temp view theirs as from {rows}")
        return "theirs"

    yield read
