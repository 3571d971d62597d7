"""Subprocesses: their progress, what they return and raise, and that none outlives the process that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import wait_for

from plie_warehouse.processes import ProcessDied, run_in_subprocess


def add(one: int, other: int, progress) -> tuple[int, int]:
    progress("adding")
    return one + other, os.getpid()


def fail(progress) -> None:
    raise ValueError("no such delivery")


def die(progress) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_progress_and_result_of_a_subprocess() -> None:
    said: list[str] = []
    total, process = run_in_subprocess(add, 2, 3, progress=said.append)
    assert (total, said) == (5, ["adding"]) and process != os.getpid()


def test_what_a_subprocess_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="no such delivery"):
        run_in_subprocess(fail, progress=print)


def test_a_subprocess_that_dies_is_an_error() -> None:
    with pytest.raises(ProcessDied, match="code -9"):
        run_in_subprocess(die, progress=print)


def test_a_killed_process_leaves_none_behind(tmp_path: Path) -> None:
    """The worker would wait for ever, or write where the next build works."""
    started, outlived = tmp_path / "started", tmp_path / "outlived"
    (tmp_path / "work.py").write_text(
        "import os, pathlib, time\n"
        "from plie_warehouse.processes import run_in_subprocess\n"
        "def work(progress):\n"
        f"    pathlib.Path({str(started)!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        f"    pathlib.Path({str(outlived)!r}).touch()\n"
        "if __name__ == '__main__':\n"
        "    run_in_subprocess(work, progress=print)\n",
        encoding="utf-8",
    )
    parent = subprocess.Popen([sys.executable, str(tmp_path / "work.py")])
    wait_for(lambda: started.exists() and started.read_text(), parent.poll)
    worker = int(started.read_text())
    parent.kill()
    parent.wait()
    wait_for(lambda: not _lives(worker))
    assert not outlived.exists()


def _lives(process: int) -> bool:
    """False for a process that is gone, or dead and not yet waited for."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
