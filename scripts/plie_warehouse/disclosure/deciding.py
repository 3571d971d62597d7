"""What is suppressed of a subject, year after year: in the order of the years, since the next knows what one shows.

A subject is the tables that some sum ties together: what is suppressed of one says nothing of another. The result is
cached under a checksum of all that it depends on: a past year that nobody delivered again costs nothing. The cache
holds suppressed values, so only its owner may read it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from plie_warehouse.disclosure import engine
from plie_warehouse.disclosure.cells import (
    COMPLEMENT,
    GROWTH,
    NATIONAL,
    PERSONS,
    Cells,
    DisclosureError,
    Measure,
    Relation,
    Rule,
    Territory,
    build_cells,
)
from plie_warehouse.disclosure.memory import Key, Released
from plie_warehouse.disclosure.problem import Parameters
from plie_warehouse.disclosure.protection import Protection, protect
from plie_warehouse.files import commit

# Figures of a subject by year: territory kind and code, mart, cut, cut value, measure, value.
Subject = dict[int, list[tuple]]

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


class _NotDecidedError(Exception):
    """A year whose result is in no cache."""


@dataclass(frozen=True)
class Network:
    """What every year and subject is decided by; see ``build_cells``. ``parameters``: the rows of the seed;
    ``cache``: where results are kept; ``released``: the last release; ``decides``: False to take what is kept
    alone."""

    rules: dict[tuple[str, str, str], Rule]
    relations: Sequence[Relation]
    parents: dict[Territory, Territory]
    levels: dict[str, int]
    parameters: list[dict[str, Any]]
    cache: Path
    released: Released = field(default_factory=Released)
    decides: bool = True

    def known(self, subject: Subject) -> list[tuple] | None:
        """What ``suppressed`` returns, where every year of it is kept; None where one must be decided."""
        if not self.released.decided and not (self.cache.is_dir() and any(self.cache.iterdir())):
            return None
        try:
            return replace(self, decides=False).suppressed(subject)
        except _NotDecidedError:
            return None

    def suppressed(self, subject: Subject) -> list[tuple]:
        """The suppressed figures of a subject, rows of ``COLUMNS``. Raises ``DisclosureError`` when a small count
        cannot be protected."""
        stocks: dict[int, dict[Territory, tuple[float, bool]]] = {}
        cumulated: dict[int, dict[Key, tuple[float, bool]]] = {}
        found = []
        for year, figures in sorted(subject.items()):
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
                return self._cached(held, parameters)
        return self._cached(self.released.preferred(cells, year, parameters), parameters)

    def _cached(self, cells: Cells, parameters: Parameters) -> Protection:
        return _cached_protection(self.cache, cells, parameters, self.parents, self.decides)


def decide(network: Network, subjects: Mapping[str, Subject], _: Callable[[Any], None]) -> dict[str, list[tuple]]:
    """The suppressed figures of several subjects, by their names; decided side by side. For ``run_in_subprocess``.
    Raises ``DisclosureError`` when a small count cannot be protected."""
    # Once, before the threads ask for it.
    _program()
    # Threads are enough: most of the time the engine works, in processes of its own, or the linear programs.
    with ThreadPoolExecutor(len(subjects)) as pool:
        return dict(zip(subjects, pool.map(network.suppressed, subjects.values()), strict=True))


def _ordered(measure: Measure) -> tuple[str, str, str, str]:
    mart, cut, name, cut_value = measure
    return mart, cut, cut_value, name


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


def _cached_protection(
    cache: Path, cells: Cells, parameters: Parameters, parents: dict[Territory, Territory], decides: bool = True
) -> Protection:
    file = cache / f"{_name(cells, parameters, parents)}.json"
    if file.exists():
        return Protection.from_json(file.read_text(encoding="utf-8"))
    if not decides:
        raise _NotDecidedError
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
