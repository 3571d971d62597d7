"""Tau-Argus (pytauargus): which further cells must be suppressed, so that every primary cell keeps the interval asked
for.

Its documented way protects one table at a time. Ours share their margins, so that the engine gets the linear system
itself, the form (JJ) that it works on inside: any cells, any sums. The module is not public: the release is pinned, and
``tests/python/unit/test_disclosure.py`` holds it to what is used here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from plie_warehouse.disclosure.cells import DisclosureError
from plie_warehouse.disclosure.rows import Rows
from plie_warehouse.paths import DataFolder

# The engine takes an expensive way through systems below this size, which costs far more than a few cells that nothing
# depends on.
LEAST_CELLS = 1000
SECONDS = 300
# What the engine prints when it found nothing, without saying so.
NO_SOLUTION = 2_000_000_000

SHOWN, HIDDEN, AUDITED = "s", "u", "m"

PROCESS = Path(__file__).with_name("engine_process.py")


@dataclass
class Run:
    """A system for the engine: per cell its value, cost of hiding, whether it is suppressed, what a reader knows of it
    (``lower``, ``upper``) and how far from its value it must be able to go (``down``, ``up``)."""

    value: np.ndarray
    cost: np.ndarray
    is_suppressed: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    down: np.ndarray
    up: np.ndarray
    rows: Rows


def secondary_cells(run: Run) -> list[int]:
    """The cells that the engine suppresses beyond those of ``run``. Raises ``DisclosureError`` when it finds none."""
    answer = _call("protect", _text(run))
    suppressed = [index for index in answer["cells"] if index < len(run.value)]
    # The code alone is not to be trusted: 1 also stands for nothing done at all.
    if answer["code"] > 1 or answer["cost"] is None or answer["cost"][1] > NO_SOLUTION:
        raise DisclosureError(f"Tau-Argus found no protection (code {answer['code']}): {answer['message']}")
    return suppressed


def audited(run: Run, suppressed: np.ndarray) -> dict[int, tuple[float, float]]:
    """The engine's own audit: for each suppressed cell the lowest and highest value that a reader can work out."""
    answer = _call("audit", _text(run, suppressed))
    return {
        row["cell"]: (row["min"], row["max"])
        for row in answer["cells"]
        if row["cell"] < len(run.value) and suppressed[row["cell"]]
    }


@cache
def engine_versions() -> dict[str, str]:
    """What the engine says of itself: release of the package, commit of Tau-Argus, version of its solver."""
    return _call("versions", "")


def _text(run: Run, audit: np.ndarray | None = None) -> str:
    """The system as the engine reads it, with cells that nothing depends on up to the size that it likes."""
    size = len(run.value)
    free = -(-max(0, LEAST_CELLS - size) // 3) * 3
    finite = run.value[np.isfinite(run.value)]
    most = float(max(finite.max(initial=0) * 2, 100))
    upper = np.where(np.isfinite(run.upper), run.upper, most)
    states = [HIDDEN if suppressed else SHOWN for suppressed in run.is_suppressed.tolist()]
    if audit is not None:
        states = [AUDITED if asked else state for asked, state in zip(audit.tolist(), states, strict=True)]
    columns = (run.value, run.cost.astype(int), run.lower, upper, run.down, run.up)
    cells = zip(states, *(column.tolist() for column in columns), strict=True)
    lines = ["0", str(size + free)]
    lines += [
        f"{index} {value:.10g} {cost} {state} {lower:.10g} {most:.10g} {down:.10g} {up:.10g} 0"
        for index, (state, value, cost, lower, most, down, up) in enumerate(cells)
    ]
    lines += [f"{size + number} {10 + 10 * (number % 3 == 0)} 1 s 0 100 0 0 0" for number in range(free)]
    lines.append(str(len(run.rows) + free // 3))
    for right, terms in run.rows:
        sums = " ".join(f"{index} ({coefficient})" for index, coefficient in terms.items())
        lines.append(f"{right:.10g} {len(terms)} : {sums}")
    for first in range(size, size + free, 3):
        lines.append(f"0 3 : {first} (-1) {first + 1} (1) {first + 2} (1)")
    return "\n".join(lines) + "\n"


def _call(task: str, content: str) -> dict:
    """One run in a process of its own: the engine keeps global state, and writes the values into its folder, which is
    the owner's alone and goes away. In a build the folder is beside the working file, where the next build deletes what
    a killed one left (``working_file.prepare``)."""
    building = DataFolder.from_environment().building
    beside = building if building.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="plie-disclosure-", dir=beside) as folder:
        (Path(folder) / "system.jj").write_text(content, encoding="ascii")
        done = subprocess.run(
            [sys.executable, "-I", str(PROCESS), task],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        answer = Path(folder) / "answer.json"
        if done.returncode or not answer.exists():
            raise DisclosureError(f"Tau-Argus stopped with {done.returncode}: {done.stderr[-400:]}")
        return json.loads(answer.read_text(encoding="utf-8"))
