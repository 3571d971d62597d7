"""What is made once and used by every worker, by the tiers of one ``make test``, and by the next run of the same
sources: the manifest, the compiled project, a build of the sample, the simulated national network, the report of the
sample."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from plie_warehouse.paths import PROJECT

# Where it is kept; CI names a folder of its own when the checkout is thrown away.
FOLDER = Path(os.environ.get("PLIE_TEST_BUILDS") or PROJECT / ".pytest_cache" / "builds")
# What a build depends on. Whatever else changes, documents and tests in Python, changes nothing of it.
FILES = ("dbt_project.yml", "profiles.yml", "requirements.lock")
FOLDERS = ("analyses", "macros", "models", "scripts", "seeds", "tests")
SUFFIXES = (".sql", ".yml", ".csv", ".parquet", ".py", ".jinja", ".css", ".json", ".otf")
KEPT = 2


@dataclass(frozen=True)
class Built:
    """A finished build: its data folder, dbt's target folder, and what the command printed."""

    data: Path
    target: Path
    printed: str

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse.duckdb"

    @property
    def serving(self) -> Path:
        return self.data / "serving" / "plie_marts.duckdb"

    @property
    def manifest(self) -> dict:
        return json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Compiled:
    """A compiled project: a folder with dbt's target and a file that holds the seeds."""

    folder: Path

    @property
    def target(self) -> Path:
        return self.folder / "target"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def manifest(self) -> dict:
        return json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))

    def sql(self, path: str) -> str:
        """The compiled text of a file of the project."""
        return (self.target / "compiled" / "plie_warehouse" / path).read_text(encoding="utf-8")


def _sources() -> Iterator[Path]:
    yield from (PROJECT / name for name in FILES)
    own = Path(__file__).parent
    for name in FOLDERS:
        for path in sorted((PROJECT / name).rglob("*")):
            if path.suffix in SUFFIXES and own not in path.parents:
                yield path


@cache
def digest() -> str:
    """Name of the sources as they are: nothing that was made from others is used."""
    made = hashlib.sha256(sys.version.encode())
    for file in _sources():
        made.update(file.relative_to(PROJECT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return made.hexdigest()[:12]


def place(name: str) -> Path:
    """Where what has this name is made, of the sources as they are."""
    return FOLDER / digest() / name


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder that ``make`` fills. The first worker that asks makes it, the others wait for it; one that could not
    be made is made again by whoever asks next. No test may change what is in it."""
    folder = place(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / ".done"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    os.utime(folder.parent)
    for old in sorted(FOLDER.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return folder
