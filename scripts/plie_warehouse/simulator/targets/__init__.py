"""The targets as data: one YAML file per part of the network, and the printed figures with what becomes of each."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
PRINTED = FOLDER / "printed_figures.csv"


@cache
def _read(name: str) -> dict:
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


def load_targets(name: str) -> dict:
    """The targets of a part of the network: ``plie``, ``clause``, ``network`` or ``survey``."""
    return copy.deepcopy(_read(name))


def of_year(targets: Mapping, year: int) -> dict:
    """What a year has to give: its own targets over those of any year.

    A profile or a list of shares that a year names replaces the one of ``ordinary`` as a whole.
    """
    merged = copy.deepcopy(dict(targets["ordinary"]))
    for name, value in (targets["years"].get(year) or {}).items():
        both = isinstance(value, Mapping) and isinstance(merged.get(name), Mapping)
        merged[name] = {**merged[name], **value} if both else value
    return merged
