"""The disclosure control as a step of dbt: figures in, suppressed figures out, subject by subject, year after year.

A subject is the tables that some sum ties together: what is suppressed of one says nothing of another, so that they are
decided side by side. The result is cached under a checksum of all that it depends on: a past year that nobody
delivered again costs nothing. The cache holds suppressed values, so only its owner may read it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from plie_warehouse.disclosure import engine
from plie_warehouse.disclosure.cells import (
    BEHIND,
    COMPLEMENT,
    GROWTH,
    NATIONAL,
    OUTSIDE,
    PERSONS,
    Cells,
    DisclosureError,
    Measure,
    Relation,
    Rule,
    Territory,
    build_cells,
    relations_of,
)
from plie_warehouse.disclosure.memory import Key, Released
from plie_warehouse.disclosure.problem import Parameters, subjects_of
from plie_warehouse.disclosure.protection import Protection, protect
from plie_warehouse.files import commit
from plie_warehouse.paths import DataFolder

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

# Parameter -> field.
PARAMETERS = {
    "min_cell": "min_cell",
    "disclosure_width": "width",
    "disclosure_hours_share": "hours_share",
    "disclosure_hours_least": "hours_least",
    "disclosure_from_suppliers": "from_suppliers",
}

# The parcours that a year takes over from the one before: its parcours less its entries (additive_relations).
TAKEN_OVER = (COMPLEMENT, "total", "parcours_des_annees_precedentes", "total")
STOCK = ("plie_outcomes", "total", "stock_31_dec", "total")


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
    network = _Network(
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
    listed: dict[str, dict[int, list[tuple]]] = defaultdict(lambda: defaultdict(list))
    # In an order of its own: the engine's solution depends on it.
    figures = relations["figures"].filter(f"is_protected or measure = '{BEHIND}'").project(FIGURE).order(FIGURE)
    for year, *figure in figures.fetchall():
        mart = figure[2]
        listed[subjects.get(mart, mart)][year].append(tuple(figure))

    # Once, before the threads ask for it.
    _program()
    # Threads are enough: most of the time the engine works, in processes of its own.
    with ThreadPoolExecutor(max(len(listed), 1)) as pool:
        found = [row for rows in pool.map(network.suppressed, listed.values()) for row in rows]
    return pd.DataFrame(sorted(found, key=lambda row: row[0]), columns=list(COLUMNS))


@dataclass(frozen=True)
class _Network:
    """What every year and subject is decided by; see ``build_cells``. ``parameters``: the rows of the seed;
    ``cache``: where results are kept; ``released``: the last release."""

    rules: dict[tuple[str, str, str], Rule]
    relations: Sequence[Relation]
    parents: dict[Territory, Territory]
    levels: dict[str, int]
    parameters: list[dict[str, Any]]
    cache: Path
    released: Released = field(default_factory=Released)

    def suppressed(self, by_year: dict[int, list[tuple]]) -> list[tuple]:
        """The suppressed figures of one subject, rows of ``COLUMNS``. ``by_year``: its figures."""
        stocks: dict[int, dict[Territory, tuple[float, bool]]] = {}
        cumulated: dict[int, dict[Key, tuple[float, bool]]] = {}
        found = []
        for year, figures in sorted(by_year.items()):
            parameters = _parameters(self.parameters, year)
            cells = build_cells(figures, self.rules, self.relations, self.parents, self.levels)
            _take_over(cells, stocks.get(year - 1, {}))
            _add_growth(cells, cumulated.get(year - 1, {}), parameters.min_cell)
            problem = _name(cells, parameters, self.parents)
            decided = self.released.decided.get(problem)
            if decided is None:
                protection = self._protection(cells, parameters, year)
                decided = [
                    (year, *cell.territory, *_ordered(cell.measure), cell.status, cell.low, cell.high, problem)
                    for cell in protection.suppressed
                ]
            found += decided
            hidden = {((kind, code), tuple(key)) for _, kind, code, *key, _, _, _, _ in decided}
            of_year = {
                (territory, measure): (cells.values[index], (territory, _ordered(measure)) in hidden)
                for (territory, measure), index in cells.published().items()
                if measure == STOCK or index in cells.cumulated
            }
            stocks[year] = {territory: was for (territory, measure), was in of_year.items() if measure == STOCK}
            cumulated[year] = of_year
        return found

    def _protection(self, cells: Cells, parameters: Parameters, year: int) -> Protection:
        """With what has not changed since the last release as it was, if small counts can be protected so."""
        if held := self.released.held(cells, year, parameters):
            with suppress(DisclosureError):
                return _cached_protection(self.cache, held, parameters, self.parents)
        return _cached_protection(
            self.cache, self.released.preferred(cells, year, parameters), parameters, self.parents
        )


def _ordered(measure: Measure) -> tuple[str, str, str, str]:
    mart, cut, name, cut_value = measure
    return mart, cut, cut_value, name


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


def _parameters(rows: list[dict[str, Any]], year: int) -> Parameters:
    last_day = date(year, 12, 31)
    in_force = {
        row["name"]: row["value"]
        for row in rows
        if row["name"] in PARAMETERS
        and row["valid_from"] <= last_day
        and (row["valid_to"] is None or row["valid_to"] >= last_day)
    }
    if missing := sorted(PARAMETERS.keys() - in_force):
        raise DisclosureError(f"{year}: no value of {', '.join(missing)} is in force")
    values = {PARAMETERS[name]: float(value) for name, value in in_force.items()}
    kinds = {"min_cell": int, "width": int, "from_suppliers": bool}
    return Parameters(**values | {name: kind(values[name]) for name, kind in kinds.items()})


def _take_over(cells: Cells, before: dict[Territory, tuple[float, bool]]) -> None:
    """Parcours taken over from the year before are its stock: where the two figures agree, a cell that one year
    suppresses must not be known from the other."""
    for territory, (stock, is_suppressed) in before.items():
        index = cells.rests.get((territory, TAKEN_OVER))
        if index is None or cells.values[index] != stock:
            continue
        if is_suppressed:
            cells.is_published[index] = True
            cells.suppressed.add(index)
        else:
            cells.known.add(index)


def _add_growth(cells: Cells, before: dict[Key, tuple[float, bool]], min_cell: int) -> None:
    """A figure that is cumulated over years less that of the year before counts the persons of the year: where they
    are few, the two figures must not both be known. ``before``: those of the year before, and whether they were
    suppressed."""
    published = cells.published()
    growths = {
        key: cells.values[index] - before[key][0]
        for key, index in published.items()
        if index in cells.cumulated and key in before
    }
    for (territory, measure), growth in growths.items():
        # What does not grow in the nation grows nowhere, which everybody knows: as the zero under a national zero.
        if territory[0] == NATIONAL or not growths.get(((NATIONAL, "FR"), measure)):
            continue
        index, is_small = published[territory, measure], abs(growth) < min_cell
        was, was_suppressed = before[territory, measure]
        if was_suppressed and is_small:
            cells.suppressed.add(index)
        elif not was_suppressed and (is_small or growth > 0):
            mart, cut, name, cut_value = measure
            what = f"{territory} {mart} {cut} {name} {cut_value}"
            known, more = cells.add_rest(was, PERSONS, what), cells.add_rest(abs(growth), PERSONS, what)
            cells.known.add(known)
            if is_small:
                # Anybody can subtract: it is as good as published.
                cells.keys[more] = (territory, (mart, cut, f"{GROWTH} {name}", cut_value))
                cells.is_published[more] = True
            total, part = (index, known) if growth >= 0 else (known, index)
            cells.tie(total, [part, more], what)


def _cache_folder() -> Path:
    folder = os.environ.get("PLIE_DISCLOSURE_CACHE")
    return Path(folder) if folder else DataFolder.from_environment().root / "disclosure"


def _cached_protection(
    cache: Path, cells: Cells, parameters: Parameters, parents: dict[Territory, Territory]
) -> Protection:
    file = cache / f"{_name(cells, parameters, parents)}.json"
    if file.exists():
        return Protection.from_json(file.read_text(encoding="utf-8"))
    found = protect(cells, parameters, parents)
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(found.to_json(), encoding="utf-8")
    commit(draft, file)
    return found


def _name(cells: Cells, parameters: Parameters, parents: dict[Territory, Territory]) -> str:
    """Name of a problem: checksum of all that its result depends on."""
    # Every field of the cells, so that a field added later is in the name too. Sets have no order of their own.
    asked = [sorted(value) if isinstance(value, set) else value for value in vars(cells).values()]
    return hashlib.sha256(repr((asked, sorted(parents.items()), parameters, _program())).encode()).hexdigest()


@cache
def _program() -> str:
    """Checksum of what decides the result besides the figures: this package, the engine, the linear programs."""
    here = Path(__file__).parent
    libraries = {name: version(name) for name in ("highspy", "numpy")}
    digest = hashlib.sha256(json.dumps(engine.engine_versions() | libraries).encode())
    for file in sorted(here.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
