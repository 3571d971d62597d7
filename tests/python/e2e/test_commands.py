"""The commands as a user runs them: what they print, what they leave, and what they leave alone when they fail."""

from __future__ import annotations

import fcntl
import shutil
from decimal import Decimal
from pathlib import Path
from pkgutil import iter_modules

import pytest
from conftest import InProcess, run_plie

from plie_warehouse import commands
from plie_warehouse.paths import PROJECT
from plie_warehouse.summary import percent


def project_copy(folder: Path) -> Path:
    copy = folder / "project"
    for name in ("models", "macros", "seeds", "tests", "analyses", "scripts"):
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("dbt_project.yml", "profiles.yml", "requirements.lock"):
        shutil.copyfile(PROJECT / name, copy / name)
    return copy


def last_good_build(data: Path) -> list[Path]:
    """Files that stand for what readers see."""
    published = ("plie_marts.duckdb", "manifest.json", "csv/indicators.csv", "versions/one/manifest.json")
    seen = [data / "warehouse.duckdb", data / "attestations" / "one.json", data / "validation" / "index.html"]
    seen += [data / "serving" / name for name in published]
    for path in seen:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"last good build")
    return seen


def test_a_broken_rule_stops_the_build_and_leaves_what_readers_see(tmp_path: Path) -> None:
    """A parameter with two values at once: the build says which test failed and what stays, and touches none of it."""
    project, data = project_copy(tmp_path), tmp_path / "data"
    with (project / "seeds" / "reference" / "parameters.csv").open("a", encoding="utf-8") as file:
        file.write("senior_min_age,50,ans,2021-01-01,,essai\n")
    seen = last_good_build(data)
    done = run_plie("build", "--without-unit-tests", data=data, project=project)
    assert done.returncode == 1
    assert "parameters_are_complete" in done.stderr
    assert "the last good warehouse stays in place, and so does what is published" in done.stderr
    assert {path.read_bytes() for path in seen} == {b"last good build"}
    assert {path for path in (data / "serving").rglob("*") if path.is_file()} <= set(seen)


def test_two_builds_at_once(tmp_path: Path) -> None:
    with (tmp_path / ".build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run_plie("build", data=tmp_path)
    assert done.returncode == 1
    assert "another build is running" in done.stderr


@pytest.mark.parametrize("command", sorted(module.name for module in iter_modules(commands.__path__)))
def test_help(command: str, in_process: InProcess, tmp_path: Path) -> None:
    code, said, _ = in_process(command.replace("_", "-"), "--help", data=tmp_path)
    assert code == 0 and "usage:" in said


@pytest.mark.parametrize(
    ("command", "arguments", "code", "says"),
    [
        ("build", ["--as-of-date", "31/12/2021"], 2, "as-of-date"),
        ("validate", ["--warehouse", "nowhere.duckdb"], 2, "nowhere.duckdb"),
        ("docs", [], 2, "make build"),
        ("report", ["--year", "2021"], 2, "make report"),
        ("sheets", ["--year", "vingt"], 2, "year"),
    ],
)
def test_wrong_use(
    command: str, arguments: list[str], code: int, says: str, in_process: InProcess, tmp_path: Path
) -> None:
    found, _, errors = in_process(command, *arguments, data=tmp_path)
    assert found == code and says in errors


@pytest.mark.parametrize(
    ("rate", "shown"),
    [("0.439500", "44,0 %"), ("0.439499", "43,9 %"), ("1.000000", "100,0 %"), ("0", "0,0 %"), (None, "–")],
)
def test_display_rounds_half_up(rate: str | None, shown: str) -> None:
    """D55, on each side of the half."""
    assert percent(None if rate is None else Decimal(rate)) == shown
