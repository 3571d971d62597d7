"""The cost of a command: run it as a process of its own, and return its time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from plie_warehouse.errors import PlieError
from plie_warehouse.paths import PROJECT


class MeasureError(PlieError):
    """The command that was to be measured failed."""

    exit_code = 1


@dataclass(frozen=True)
class Measure:
    """One run: wall-clock and processor seconds, imports and processes that it started included, and the largest memory
    that all of them held together (of the process alone, where that cannot be seen)."""

    name: str
    seconds: float
    processor: float
    gigabytes: float


def measured(name: str, command: Sequence[str], environment: Mapping[str, str]) -> Measure:
    """Run a command of this Python at the root of the project. Raises ``MeasureError`` when it fails.

    ``command``: arguments of the interpreter; ``environment``: variables on top of those of this process.
    """
    with tempfile.TemporaryFile() as printed:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        # Usage of this child and what it waited for: RUSAGE_CHILDREN would give the largest of all runs.
        with TreeMemory(process.pid) as memory:
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            printed.seek(0)
            raise MeasureError(f"{name}: exit code {process.returncode}\n{printed.read().decode(errors='replace')}")
    # Linux counts in kilobytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    # A process that ends within a second was not looked at.
    largest = max(memory.largest, usage.ru_maxrss * unit)
    return Measure(name, seconds, usage.ru_utime + usage.ru_stime, largest / 1e9)


def processor_seconds(process: int) -> float:
    """Processor time so far of a process and all that it started, of those that have ended too where it waited for
    them; 0 where there is no /proc."""
    seconds = 0.0
    for one in _with_descendants(process):
        with suppress(OSError):
            # After the name, from the third field on: user and system time, and those of children that have ended.
            times = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[11:15]
            seconds += sum(int(time) for time in times) / os.sysconf("SC_CLK_TCK")
    return seconds


class TreeMemory:
    """The largest memory, in bytes, that a process and all that it started hold together, looked at every second: a
    page that several share counts once. A context manager; ``largest`` is 0 where there is no /proc to look at."""

    def __init__(self, process: int) -> None:
        self.process, self.largest = process, 0
        self._ended = Event()
        self._watcher = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> TreeMemory:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(1):
            self.largest = max(self.largest, sum(_proportional_bytes(one) for one in _with_descendants(self.process)))


def _with_descendants(process: int) -> list[int]:
    """A process and those that it started, but for one that has not become its program yet: until then it may use the
    memory of the process that started it (vfork), which would count twice."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        # A process may end while it is looked at.
        with suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            children[int(parent)].append(int(folder.name))
    found = [process]
    for one in found:
        found += [child for child in children[one] if _command(child) != _command(one)]
    return found


def _command(process: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def _proportional_bytes(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
