"""What the measuring scripts share: run a command as a process of its own, and know what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plie_warehouse.paths import PROJECT


class MeasureError(Exception):
    """The command that was to be measured failed."""


@dataclass(frozen=True)
class Measure:
    """One run: wall-clock and processor seconds, imports included, and the largest memory that the process held."""

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
        # Usage of this child alone: RUSAGE_CHILDREN would give the largest of all runs.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            printed.seek(0)
            raise MeasureError(f"{name}: exit code {process.returncode}\n{printed.read().decode(errors='replace')}")
    # Linux counts in kilobytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Measure(name, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e9)
