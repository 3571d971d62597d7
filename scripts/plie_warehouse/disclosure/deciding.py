"""What is suppressed of a subject, year after year: in the order of the years, since the next knows what one shows.

A subject is the tables that some sum ties together: what is suppressed of one says nothing of another. The result is
cached under a checksum of all that it depends on: a past year that nobody delivered again costs nothing. The cache
holds suppressed values, so only its owner may read it.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
from collections import defaultdict
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
    BEFORE,
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
)
from plie_warehouse.disclosure.memory import Released
from plie_warehouse.disclosure.problem import Parameters
from plie_warehouse.disclosure.protection import UNSAID, Protection, protect
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
class Before:
    """The cells of the year before, and which of them were suppressed: cell -> status, lowest and highest value that
    stay possible."""

    cells: Cells
    suppressed: Mapping[int, tuple[str, float, float]]


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
        # Where nothing is kept the cells need not be made to see it.
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
        cumulated: dict[int, Before] = {}
        found = []
        for year, figures in sorted(subject.items()):
            parameters = _parameters(self.parameters, year)
            cells = build_cells(figures, self.rules, self.relations, self.parents, self.levels)
            # As they are before other years are added.
            own = copy.deepcopy(cells) if cells.cumulated else None
            _take_over(cells, stocks.get(year - 1, {}))
            if year - 1 in cumulated:
                _add_growth(cells, cumulated[year - 1], parameters.min_cell)
            problem = _name(cells, parameters, self.parents)
            decided = self.released.decided.get(problem)
            if decided is None:
                protection = self._protection(cells, parameters, year)
                decided = [
                    (year, *cell.territory, *_ordered(cell.measure), cell.status, cell.low, cell.high, problem)
                    for cell in protection.suppressed
                ]
            found += decided
            hidden = {
                ((kind, code), (mart, cut, measure, value)): (status, low, high)
                for _, kind, code, mart, cut, value, measure, status, low, high, _ in decided
            }
            stocks[year] = {
                territory: (cells.values[index], (territory, measure) in hidden)
                for (territory, measure), index in cells.published().items()
                if measure == STOCK
            }
            if own:
                place = own.published()
                cumulated[year] = Before(own, {place[key]: how for key, how in hidden.items()})
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


def _add_growth(cells: Cells, before: Before, min_cell: int) -> None:
    """A figure that is cumulated over years less that of the year before counts the persons of the year: where they
    are few, the two figures must not both be known. And it is no less than that of the year before, of which readers
    know what is published: what stays possible in one year must be so in both."""
    published, then = cells.published(), before.cells.published()
    growths = {
        key: cells.values[index] - before.cells.values[then[key]]
        for key, index in published.items()
        if index in cells.cumulated and key in then
    }
    first = _add_year_before(cells, before)
    of_regions: dict[Measure, list[int]] = defaultdict(list)
    for (territory, measure), growth in growths.items():
        nation = growths.get(((NATIONAL, "FR"), measure))
        if territory[0] == NATIONAL or nation is None:
            continue
        index, was = published[territory, measure], first + then[territory, measure]
        mart, cut, name, cut_value = measure
        what = f"{territory} {mart} {cut} {name} {cut_value}"
        is_small, was_suppressed = abs(growth) < min_cell, then[territory, measure] in before.suppressed
        if not nation:
            # What does not grow in the nation grows nowhere, which everybody knows: as the zero under a national zero.
            if not growth:
                cells.tie(index, [was], what)
            continue
        if was_suppressed and is_small:
            cells.suppressed.add(index)
        if growth < 0 and (was_suppressed or not is_small):
            continue
        more = cells.add_rest(abs(growth), PERSONS, what)
        cells.keys[more] = (territory, (mart, cut, f"{GROWTH} {name}", cut_value))
        # Anybody can subtract: what is small is as good as published.
        cells.is_published[more] = is_small
        total, part = (index, was) if growth >= 0 else (was, index)
        cells.tie(total, [part, more], what)
        if growth >= 0 and territory[0] == OUTSIDE[0]:
            of_regions[measure].append(more)
    for measure, parts in of_regions.items():
        # Readers add up the regions: none grew by more than the nation.
        if (growth := growths[(NATIONAL, "FR"), measure]) == sum(cells.values[part] for part in parts):
            nation = cells.add_rest(growth, PERSONS, str(measure))
            cells.known.add(nation)
            cells.tie(nation, parts, str(measure))


def _add_year_before(cells: Cells, before: Before) -> int:
    """Add the cells of the year before with their sums, those that were shown as known; returns the first of them."""
    then, first = before.cells, len(cells.keys)
    for number, key in enumerate(then.keys):
        named = None
        if key is not None:
            territory, (mart, cut, name, cut_value) = key
            named = territory, (mart, cut, f"{BEFORE} {name}", cut_value)
        index = cells.add(
            named, then.values[number], then.quantities[number], then.persons[number], then.is_published[number]
        )
        cells.least[index] = then.least[number]
        if number in before.suppressed:
            status, low, high = before.suppressed[number]
            cells.suppressed.add(index)
            if status == UNSAID:
                cells.unsaid[index] = low, high
        elif then.is_published[number] or number in then.known:
            cells.known.add(index)
    cells.equations += [[(first + number, factor) for number, factor in equation] for equation in then.equations]
    return first


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
