"""The disclosure control as a step of dbt: figures in, suppressed figures out.

What must be decided is decided in a process of its own: the second enforcement works meanwhile, and two threads of one
process would share one core.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from plie_warehouse.disclosure.cells import BEHIND, NATIONAL, OUTSIDE, DisclosureError, Rule, Territory, relations_of
from plie_warehouse.disclosure.deciding import Network, Subject, decide
from plie_warehouse.disclosure.memory import Released
from plie_warehouse.disclosure.problem import subjects_of
from plie_warehouse.paths import DataFolder
from plie_warehouse.processes import ProcessDied, run_in_subprocess

# Column -> SQL type, because pandas cannot infer it without a row.
COLUMNS = {
    "reporting_year": "integer",
    "territory_kind": "varchar",
    "territory_code": "varchar",
    "mart": "varchar",
    "cut": "varchar",
    "cut_value": "varchar",
    "measure": "varchar",
    "status": "varchar",
    "low": "double",
    "high": "double",
    "problem": "varchar",
}

FIGURE = "reporting_year, territory_kind, territory_code, mart, cut, cut_value, measure, measure_value"


def suppressed_figures(
    cache: Path | None = None, released_figures: Any = None, released_suppressed: Any = None, **relations: Any
) -> pd.DataFrame:
    """What ``int_disclosure__suppressed`` holds: one row per suppressed figure, a frame with ``COLUMNS``.

    ``relations``: the relations of the same name, as dbt gives them; ``released_figures`` and ``released_suppressed``:
    the same of the last release, None for none; ``cache``: where results are kept. ``low``, ``high``: the values that
    stay possible for a reader; ``problem``: name of the cells that were decided together. Raises ``DisclosureError``
    when a small count cannot be protected.
    """
    seeds = {name: _rows(relations[name]) for name in relations if name != "figures"}
    rules = {
        (row["mart"], row["cut"], row["measure"]): Rule(row["quantity"], row["is_repeated"], row["finest_level"])
        for row in seeds["measures"]
    }
    network = Network(
        rules=rules,
        relations=relations_of(seeds["additive_relations"]),
        parents=_parents(seeds["plie"], "plie", "plie_code")
        | _parents(seeds["structures"], "structure", "structure_code"),
        levels={row["territory_kind"]: row["display_order"] for row in seeds["territory_kinds"]},
        parameters=seeds["parameters"],
        cache=cache or _cache_folder(),
        released=Released.read(
            released_figures.project(FIGURE).fetchall() if released_figures else [],
            released_suppressed.project(", ".join(COLUMNS)).fetchall() if released_suppressed else [],
            rules,
        ),
    )
    subjects = subjects_of(network.relations)
    listed: dict[str, Subject] = defaultdict(lambda: defaultdict(list))
    # In an order of its own: the engine's solution depends on it.
    figures = relations["figures"].filter(f"is_protected or measure = '{BEHIND}'").project(FIGURE).order(FIGURE)
    for year, *figure in figures.fetchall():
        mart = figure[2]
        listed[subjects.get(mart, mart)][year].append(tuple(figure))

    found = {name: network.known(subject) for name, subject in listed.items()}
    if asked := {name: listed[name] for name, known in found.items() if known is None}:
        try:
            found |= run_in_subprocess(decide, network, asked, progress=lambda _: None)
        except ProcessDied as error:
            raise DisclosureError(f"the process that decides what is suppressed {error}") from error
    rows = [row for of_subject in found.values() for row in of_subject]
    return pd.DataFrame(sorted(rows, key=lambda row: row[0]), columns=list(COLUMNS))


def _rows(relation: Any) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _parents(suppliers: Iterable[dict[str, Any]], kind: str, code: str) -> dict[Territory, Territory]:
    """The territory above each. A registered supplier without a department is in no region."""
    found: dict[Territory, Territory] = {}
    for row in suppliers:
        if row["is_registered"] and not row["department_code"]:
            found[kind, row[code]] = OUTSIDE
        elif row["is_registered"]:
            department, region = ("departement", row["department_code"]), ("region", row["region_code"])
            found |= {(kind, row[code]): department, department: region, region: (NATIONAL, "FR")}
    return found


def _cache_folder() -> Path:
    folder = os.environ.get("PLIE_DISCLOSURE_CACHE")
    return Path(folder) if folder else DataFolder.from_environment().root / "disclosure"
