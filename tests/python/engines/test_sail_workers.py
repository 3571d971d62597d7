"""Sail as a cluster of two workers, by command (make engine-workers): the same marts, and nothing changed when a
worker stops in the middle, or the server is killed."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plie_warehouse.engines import EngineError, sail
from plie_warehouse.engines.chain import run_engine
from plie_warehouse.paths import DataFolder

pytest.importorskip("pysail", reason="not in this environment: run make engine-workers")
grpc = pytest.importorskip("grpc")
MARTS = ("+path:models/marts",)
# Tables that are there when something dies.
IN_THE_MIDDLE = 60
# What Sail's driver asks of a worker that it no longer needs: a worker is no process that could be killed.
STOP = "/sail.worker.WorkerService/StopWorker"


@contextmanager
def in_the_middle(made: Path, do: Callable[[], None]) -> Iterator[list[int]]:
    """Do something once so many tables are there; gives how many there were then."""
    there_then: list[int] = []

    def wait() -> None:
        while len(tables := {file.parent for file in made.glob("*/*.parquet")}) < IN_THE_MIDDLE:
            time.sleep(0.1)
        do()
        there_then.append(len(tables))

    threading.Thread(target=wait, daemon=True).start()
    yield there_then


def ports(log: Path) -> dict[str, str]:
    """The ports of the workers, by their numbers, of the log of a server."""
    return dict(re.findall(r"worker (\d+) server is ready on port (\d+)", log.read_text(encoding="utf-8")))


def stop_worker(log: Path, worker: str) -> None:
    as_it_is = {"request_serializer": lambda given: given, "response_deserializer": lambda given: given}
    with grpc.insecure_channel(f"127.0.0.1:{ports(log)[worker]}") as channel:
        channel.unary_unary(STOP, **as_it_is)(b"")


def test_two_workers_make_the_same_marts(data: DataFolder, tmp_path: Path) -> None:
    folder = tmp_path / "brought"
    with sail.server(folder, 2):
        result = run_engine("sail", data, "sample", folder, print, MARTS)
        assert {"1", "2"} <= set(ports(folder / "sail" / "log"))
    assert (result.differences, result.tables > 130) == ([], True)


def test_a_worker_that_stops_in_the_middle_is_an_error_and_leaves_the_last_marts(
    data: DataFolder, tmp_path: Path
) -> None:
    """Sail 0.7 puts no other in its place."""
    before = [file.read_bytes() for file in (data.warehouse, data.serving)]
    folder = tmp_path / "brought"
    log, made = folder / "sail" / "log", folder / "sail" / "spark-warehouse"
    with sail.server(folder, 2) as process, in_the_middle(made, lambda: stop_worker(log, "2")) as there_then:
        with pytest.raises(EngineError, match="dbt stopped:") as error:
            run_engine("sail", data, "sample", folder, print, MARTS)
        assert process.poll() is None, "the server goes on"
    assert there_then
    assert "worker 2 server has stopped" in log.read_text(encoding="utf-8")
    assert "ERROR creating sql table model" in str(error.value)
    assert before == [file.read_bytes() for file in (data.warehouse, data.serving)]


def test_a_server_that_is_killed_in_the_middle_is_an_error_and_leaves_the_last_marts(
    data: DataFolder, tmp_path: Path
) -> None:
    before = [file.read_bytes() for file in (data.warehouse, data.serving)]
    folder = tmp_path / "brought"
    made = folder / "sail" / "spark-warehouse"
    with sail.server(folder, 2) as process, in_the_middle(made, lambda: os.kill(process.pid, signal.SIGKILL)):
        with pytest.raises(
            EngineError, match="the server of the engine ended while dbt built there: run the command again"
        ):
            run_engine("sail", data, "sample", folder, print, MARTS, process)
        assert process.wait() == -signal.SIGKILL
    assert before == [file.read_bytes() for file in (data.warehouse, data.serving)]
