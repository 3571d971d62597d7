"""Apache Spark as a cluster of two workers, each a process of its own, by command (make engine-workers): the same
cells, also when one worker is killed in the middle."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from waiting import wait_for

from plie_warehouse.engines.chain import run_engine
from plie_warehouse.engines.server import free_port
from plie_warehouse.paths import DataFolder

pyspark = pytest.importorskip("pyspark", reason="not in this environment: run make engine-workers")
PROGRAMS = Path(pyspark.__file__).parent / "bin"
# Without a worker that dies, the walk over the parcours is enough: Spark writes it as a fold of its own.
PART = ("+int_plie__parcours_overlaps",)
MARTS = ("+path:models/marts",)
# Tables of the marts and of what they rest on that are there when a worker is killed.
IN_THE_MIDDLE = 60


@contextmanager
def program(log: Path, *arguments: str) -> Iterator[subprocess.Popen]:
    """A part of the cluster, with its children in a group of their own, until it is no longer used."""
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(PROGRAMS.parent)}
    with log.open("wb") as said:
        process = subprocess.Popen(
            [str(PROGRAMS / "spark-class"), *arguments], stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            env=environment, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        kill(process)
        process.wait()


def kill(process: subprocess.Popen) -> None:
    """A program with all that it started: at once, as a machine that is gone."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def said(log: Path, what: str, times: int = 1) -> bool:
    return len(re.findall(what, log.read_text(encoding="utf-8", errors="replace"))) >= times


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen]]:
    port = str(free_port())
    master, address = tmp_path / "master.log", f"spark://127.0.0.1:{port}"
    monkeypatch.setenv("PLIE_SPARK_MASTER", address)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    at = ("--host", "127.0.0.1", "--webui-port", "0")
    deploy = "org.apache.spark.deploy"
    worker = (f"{deploy}.worker.Worker", address, *at, "--cores", "1", "--memory", "2g", "--work-dir", str(tmp_path))
    with program(master, f"{deploy}.master.Master", *at, "--port", port) as leader:
        wait_for(lambda: said(master, "New state: ALIVE"), leader.poll)
        with program(tmp_path / "1.log", *worker) as one, program(tmp_path / "2.log", *worker) as other:
            wait_for(lambda: said(master, "Registering worker", 2), lambda: leader.poll() or one.poll() or other.poll())
            yield [one, other]


def test_two_workers_make_the_same(workers: list, data: DataFolder, tmp_path: Path) -> None:
    result = run_engine("spark", data, "sample", tmp_path / "brought", print, PART)
    assert (result.differences, result.tables > 8) == ([], True)


def test_a_worker_that_is_killed_in_the_middle_changes_no_mart(
    workers: list[subprocess.Popen], data: DataFolder, tmp_path: Path
) -> None:
    before = [file.read_bytes() for file in (data.warehouse, data.serving)]
    made = tmp_path / "brought" / "spark" / "warehouse"
    there_then: list[int] = []

    def kill_one() -> None:
        while len(tables := list(made.glob("*.db/*/_SUCCESS"))) < IN_THE_MIDDLE:
            time.sleep(0.1)
        kill(workers[1])
        there_then.append(len(tables))

    killer = threading.Thread(target=kill_one, daemon=True)
    killer.start()
    result = run_engine("spark", data, "sample", tmp_path / "brought", print, MARTS)
    assert workers[1].poll() is not None, "killed"
    assert workers[0].poll() is None
    assert there_then and there_then[0] < result.tables
    assert (result.differences, result.tables > 130) == ([], True)
    assert before == [file.read_bytes() for file in (data.warehouse, data.serving)]
