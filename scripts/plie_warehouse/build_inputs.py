"""What a build is made from, and its names: code, reference lists, deliveries in force, and how it is published.

The names are checksums, so that the same inputs give the same names whoever builds.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from plie_warehouse.paths import ALL_LEVELS, PROJECT, SAMPLE, STORE

# What decides the figures: code, reference lists and deliveries.
FINGERPRINTED = (
    "dbt_project.yml",
    "requirements.lock",
    "macros",
    "models",
    "scripts/plie_warehouse/disclosure",
    "seeds",
)

# The libraries that the second enforcement judges with.
JUDGED_WITH = ("great_expectations", "pandas", "numpy", "duckdb", "jinja2", "pyyaml")


@dataclass(frozen=True)
class Options:
    """How a build is asked for, dbt's variables of the same names.

    ``as_of_date``: extraction date, YYYY-MM-DD, None for the project's; ``deliveries``: ``sample`` or ``store``;
    ``published_levels``: ``all``, or ``national`` for the nation alone, without disclosure control;
    ``without_unit_tests``: a build that leaves out dbt's unit tests, which bring rows of their own, may be released.
    """

    as_of_date: str | None = None
    deliveries: str = SAMPLE
    published_levels: str = ALL_LEVELS
    without_unit_tests: bool = False

    def variables(self) -> dict[str, Any]:
        """Those that differ from the project's, because any other set makes dbt parse the project again."""
        default = Options()
        return {name: value for name, value in vars(self).items() if value != getattr(default, name)}


@dataclass(frozen=True)
class BuildInputs:
    """``build_id``: name of the build (D61); ``rules``: name of code and reference lists; ``deliveries``: see
    ``deliveries_in_force``."""

    build_id: str
    rules: str
    deliveries: dict[str, Any]

    @classmethod
    def read(cls, options: Options, accepted: Path) -> BuildInputs:
        """The inputs as they are now. ``accepted``: the store of accepted deliveries."""
        return cls(
            fingerprint(options.as_of_date, options.deliveries, accepted, options.published_levels),
            rules_fingerprint(options.deliveries),
            deliveries_in_force(options.deliveries, accepted),
        )


def fingerprint(as_of_date: str | None, deliveries: str, accepted: Path, published_levels: str = ALL_LEVELS) -> str:
    """Name of a build: the same code and data, published alike on the same extraction date, give the same name.

    ``accepted``: the store, whose manifests and refusals count when ``deliveries`` is ``store``.
    """
    digest = hashlib.sha256((as_of_date or "").encode())
    if published_levels != ALL_LEVELS:
        digest.update(published_levels.encode())
    if deliveries == STORE:
        for file in sorted([*accepted.glob("deliveries/**/*.json"), *accepted.glob("refused/**/*.json")]):
            content = json.loads(file.read_text(encoding="utf-8"))
            named = content["in_force"] if "in_force" in content else content["delivery_id"]
            digest.update(f"{file.relative_to(accepted).as_posix()}\0{named}\0".encode())
    for file in _fingerprinted():
        digest.update(file.relative_to(PROJECT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _fingerprinted() -> Iterator[Path]:
    for entry in FINGERPRINTED:
        path = PROJECT / entry
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                yield file


def rules_fingerprint(deliveries: str) -> str:
    """Name of the code and reference lists that decide the figures; of the embedded sample also its rows (seeds)."""
    digest = hashlib.sha256()
    for file in _fingerprinted():
        name = file.relative_to(PROJECT).as_posix()
        if deliveries == SAMPLE or not name.startswith("seeds/raw/"):
            digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def program_fingerprint() -> str:
    """Checksum of the code that judges a warehouse: every file of this package, whatever it is needed for, the lock of
    the libraries and the versions of those that are there."""
    versions = [[name, version(name)] for name in JUDGED_WITH]
    digest = hashlib.sha256(json.dumps([sys.version, *versions]).encode())
    for file in (PROJECT / "requirements.lock", *sorted(Path(__file__).parent.rglob("*"))):
        if file.suffix != ".pyc" and file.is_file():
            digest.update(file.relative_to(PROJECT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def deliveries_in_force(deliveries: str, accepted: Path) -> dict[str, Any]:
    """The deliveries of the store that are in force. ``version``: number of deliveries of the same supplier and year
    that were accepted up to it."""
    paths = sorted(accepted.glob("deliveries/*/*/*.json")) if deliveries == STORE else []
    heads = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return {"source": deliveries, "in_force": [_in_force(head) for head in heads if head["in_force"]]}


def _in_force(head: dict[str, Any]) -> dict[str, Any]:
    accepted = [one["delivery_id"] for one in head["versions"]]
    return {
        "kind": head["kind"],
        "supplier_code": head["supplier_code"],
        "year": head["reporting_year"],
        "version": len(accepted) - accepted[::-1].index(head["in_force"]),
        "delivery_id": head["in_force"],
    }
