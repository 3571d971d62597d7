"""The command of the national consolidation: its stages and what they cost. For its comparison: test_comparison.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from plie_warehouse import national, warehouse_build
from plie_warehouse.build_inputs import Options
from plie_warehouse.measuring import cost
from plie_warehouse.measuring.cost import TreeMemory
from plie_warehouse.national import NationalError, Step
from plie_warehouse.paths import STORE, DataFolder
from plie_warehouse.processes import ProcessDied
from plie_warehouse.transform import DbtOutcome

MEGABYTE = 1_000_000


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A data folder; the variable that dbt runs set is restored after the test."""
    monkeypatch.setenv("PLIE_DATA_DIR", "")
    return DataFolder(tmp_path / "national")


def run(data: DataFolder, monkeypatch: pytest.MonkeyPatch, *steps: Step) -> list[national.Stage]:
    monkeypatch.setattr(national, "steps", lambda *_: list(steps))
    return national.run(data, quiet=True)


def test_stages_run_in_their_order_with_what_runs_in_parallel(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each stage sees what the one before left, and what ran in parallel with it."""
    note = "import os, pathlib, sys; (pathlib.Path(os.environ['PLIE_DATA_DIR']) / sys.argv[1]).touch()"
    both = "import os; assert {'a', 'b'} <= set(os.listdir(os.environ['PLIE_DATA_DIR']))"
    stages = run(
        data,
        monkeypatch,
        Step("first", ["-c", note, "a"], parallel=["-c", note, "b"]),
        Step("second", ["-c", both]),
    )
    assert [stage.name for stage in stages] == ["first", "second"]
    assert all(stage.seconds > 0 and stage.processor_seconds > 0 and stage.memory > MEGABYTE for stage in stages)


@pytest.mark.parametrize("fails", ["command", "parallel"])
def test_a_stage_that_fails_says_what_it_printed(fails: str, data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = ["-c", "print('tout est perdu'); raise SystemExit(3)"], ["-c", "pass"]
    step = Step("first", bad, parallel=good) if fails == "command" else Step("first", good, parallel=bad)
    with pytest.raises(NationalError, match=r"first : arrêt avec le code 3\ntout est perdu"):
        run(data, monkeypatch, step, Step("second", ["-c", "raise SystemExit(4)"]))


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no /proc to look at")
def test_memory_is_that_of_all_processes_together() -> None:
    held = 60 * MEGABYTE
    child = f"import time; held = bytearray({held}); time.sleep(3)"
    parent = f"import subprocess, sys; held = bytearray({held}); subprocess.run([sys.executable, '-c', {child!r}])"
    process = subprocess.Popen([sys.executable, "-c", parent])
    with TreeMemory(process.pid) as memory:
        process.wait()
    assert 2 * held < memory.largest < 3 * held


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no /proc to look at")
def test_a_process_that_is_not_its_program_yet_does_not_count() -> None:
    """Until it is, it may share all memory with the one that started it."""
    script = (
        "import os\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    os.read(0, 3)\n"
        "    os.execlp('cat', 'cat')\n"
        "print(child, flush=True)\n"
        "os.wait()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    with process:
        child = int(process.stdout.readline())
        assert cost._with_descendants(process.pid) == [process.pid]
        process.stdin.write("go\nstarted\n")
        # What cat prints says that it runs.
        assert process.stdout.readline() == "started\n"
        assert cost._with_descendants(process.pid) == [process.pid, child]


def run_dbt_of(data: DataFolder, options: Options) -> None:
    """The dbt part of a build."""
    warehouse_build._run(data, Console(quiet=True), options)


@pytest.mark.parametrize("without_unit_tests", [True, False])
def test_the_build_that_follows_is_the_one_that_was_parsed(
    without_unit_tests: bool, data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other variables, or another file, would make dbt read the whole project once more."""
    seen = []

    def fake(command: list[str], *settings: object, **_: object) -> DbtOutcome:
        seen.append((command, settings[:2]))
        return DbtOutcome(True, [], 1, {})

    monkeypatch.setattr(warehouse_build, "run_dbt", fake)
    monkeypatch.setattr(warehouse_build, "run_in_subprocess", lambda do, *arguments, progress: do(*arguments, progress))
    options = Options("2023-01-31", STORE, without_unit_tests=without_unit_tests)
    warehouse_build.parse(data, options)
    run_dbt_of(data, options)
    (parsed, settings), (command, same) = seen
    assert settings == same
    assert parsed == ["parse"]
    assert command == ["build", *(["--exclude-resource-type", "unit_test"] if without_unit_tests else [])]


def test_a_project_that_cannot_be_read_is_an_error(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse_build, "run_dbt", lambda *_: DbtOutcome(False, ["no such macro"], 0, {}))
    with pytest.raises(warehouse_build.BuildError, match="no such macro"):
        warehouse_build.parse(data, Options())


def test_dbt_that_dies_is_an_error(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, progress: object) -> None:
        raise ProcessDied("ended with code -9")

    monkeypatch.setattr(warehouse_build, "run_in_subprocess", dies)
    with pytest.raises(warehouse_build.BuildError, match="dbt ended with code -9; the last good warehouse stays"):
        run_dbt_of(data, Options())
